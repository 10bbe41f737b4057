"""`schemas/service.json`: the service models, cut to what pipelines touch, and what is new in them."""

from __future__ import annotations

from typing import Any

from compiler.devtools.fresh import fresh
from compiler.devtools.service_model import ROOTS, closure, load, pruned, untranslated
from compiler.devtools.sources import Stamps, one_item_a_line, wheel

_STAMPS = ("botocore", "botocore_baseline")


def service_file(stamps: Stamps) -> bytes:
    """The file's bytes, made from the two stamped versions of botocore."""
    document: dict[str, Any] = {
        "generated": "by `python -m compiler.devtools refresh`; do not edit",
        "made_from": {name: stamps[name] for name in _STAMPS},
        "services": {},
        "fresh": {},
        "patterns_left_out": {},
    }
    with wheel(stamps, "botocore") as newest, wheel(stamps, "botocore_baseline") as baseline:
        for service, roots in ROOTS.items():
            new = load(newest, service)
            shapes = closure(new, roots)
            document["services"][service] = pruned(service, shapes)
            document["fresh"][service] = fresh(service, load(baseline, service), new, roots)
            document["patterns_left_out"][service] = untranslated(shapes)
    return one_item_a_line(document, tuple(f"services.{service}" for service in ROOTS))
