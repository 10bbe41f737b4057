"""Faults against the service: its members, limits, enumerations and step types."""

from __future__ import annotations

from compiler.diagnostics.codes.code import Code

SERVICE: dict[str, Code] = {
    "retry-exception": Code(
        "error",
        "a retry policy names a fault its step type is not retried on",
        "Jobs can be retried on all five faults, models and model packages on throttling and service faults "
        "only.",
    ),
    "retry-limit": Code(
        "error",
        "a retry policy has two limits",
        "The service takes `max_attempts` or `expire_after`, not both.",
    ),
    "cache-expiry": Code(
        "error",
        "the cache is on without an expiry",
        "The service wants to know how long a result may be reused: write `cache: 7d`.",
    ),
    "condition-too-large": Code(
        "error",
        "a condition grows too large",
        "The service has no nested `and`, so `any` over `all` is multiplied out. Split the condition, or "
        "compute part of it in a step.",
    ),
    "training-image-serves": Code(
        "error",
        "a training image is used for serving",
        "For this framework AWS has one image to train with and another to serve with. Give `framework` in "
        "the model: there it is the inference image.",
    ),
    "unknown-image": Code(
        "error",
        "no image fits the framework asked for",
        "Images are looked up in the table of AWS's published containers, by framework, version, region and "
        "machine. The message says which of them has no match, and what is known.",
    ),
    "image-region": Code(
        "error",
        "the image is not published in the region",
        "AWS does not publish every image in every region. Choose another version or region, or give `image` "
        "with a copy of your own.",
    ),
    "unknown-algorithm": Code(
        "error",
        "no built-in algorithm has that name",
        "The algorithms of AWS are listed in the reference.",
    ),
}
