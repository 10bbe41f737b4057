"""Which known name a misspelt one was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

_FEW = 40  # names that are compared in full; of more, those that share most pairs of characters with the misspelt one


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name nearest to `name`, or None when none is near. Ties go to the first in `known`."""
    from difflib import SequenceMatcher  # only a faulty document needs it

    candidates = list(known)
    if len(candidates) > _FEW:
        pairs = _pairs(name)
        candidates = sorted(candidates, key=lambda candidate: -len(pairs & _pairs(candidate)))[:_FEW]
    wanted = _plain(name)
    best, score = None, 0.0
    for candidate in candidates:
        ratio = SequenceMatcher(None, wanted, _plain(candidate)).ratio()
        if ratio > score:
            best, score = candidate, ratio
    return best if score >= _threshold(wanted) else None


def guess(name: str, known: Iterable[str]) -> str:
    """The question that asks for the nearest known name: "did you mean `x`?"; "" when none is near."""
    near = closest(name, known)
    return f"did you mean `{near}`?" if near else ""


def not_named(what: str, name: str, known: Iterable[str]) -> str:
    """No step is named `tow`; did you mean `two`? In one line, small at the beginning; `what` is the kind of thing."""
    said, question = f"no {what} is named `{name}`", guess(name, known)
    return f"{said}; {question}" if question else said


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


@lru_cache(maxsize=8192)
def _pairs(name: str) -> frozenset[str]:
    plain = f" {_plain(name)} "
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1))


def _threshold(name: str) -> float:
    return 0.5 if len(name) <= 3 else 0.66
