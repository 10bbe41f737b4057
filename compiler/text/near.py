"""Which known name a misspelt one was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name nearest to `name`, or None when none is near. Ties go to the first in `known`."""
    from difflib import SequenceMatcher  # only a faulty document needs it

    wanted = _plain(name)
    best, score = None, 0.0
    for candidate in known:
        ratio = SequenceMatcher(None, wanted, _plain(candidate)).ratio()
        if ratio > score:
            best, score = candidate, ratio
    return best if score >= _threshold(wanted) else None


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def _threshold(name: str) -> float:
    return 0.5 if len(name) <= 3 else 0.66
