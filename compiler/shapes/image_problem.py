"""Why no image answers a question, as data; the wording is the caller's."""

from __future__ import annotations

from typing import Literal

from compiler.text import closest, record

ProblemKind = Literal[
    "unknown-framework",
    "unsupported-scope",
    "missing-version",
    "unknown-version",
    "missing-base-framework",
    "unknown-base-framework",
    "missing-py-version",
    "unknown-py-version",
    "missing-instance-type",
    "invalid-instance-type",
    "unsupported-instance-type",
    "unsupported-processor",
    "unsupported-accelerator",
    "unknown-region",
]


@record
class ImageProblem:
    """The first thing in the way of an image.

    `value` is what was asked for (None after `missing-…`, the processor of the instance type after
    `unsupported-processor`). `known` is what could stand in its place: frameworks, scopes, versions, regions, Python
    versions, base frameworks or processors, sorted; after `unsupported-instance-type` the frameworks that run there,
    if any do.
    """

    kind: ProblemKind
    value: str | None
    known: tuple[str, ...] = ()

    @property
    def near(self) -> str | None:
        """The known choice that was probably meant, if one is near: of versions, one that begins alike."""
        if not self.value or not self.kind.startswith("unknown-"):
            return None
        by_spelling = self.kind in ("unknown-framework", "unknown-region")
        return closest(self.value, self.known) if by_spelling else _begins_alike(self.value, self.known)


def _begins_alike(version: str, known: tuple[str, ...]) -> str | None:
    """`1.7` means `1.7-1` rather than `1.2`; of several that begin alike the last, for versions are in order."""
    best, length = None, 2
    for candidate in known:
        alike = next(at for at in range(len(version), -1, -1) if candidate.startswith(version[:at]))
        if alike >= length:
            best, length = candidate, alike
    return best


class Refused(Exception):
    """Carries a problem out of the steps of `resolve`; nobody else sees it."""

    def __init__(self, kind: ProblemKind, value: str | None, known: tuple[str, ...] = ()) -> None:
        super().__init__(kind)
        self.problem = ImageProblem(kind, value, known)
