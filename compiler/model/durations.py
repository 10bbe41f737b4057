"""Durations: `7d`, `1d12h`, or ISO 8601; one canonical form comes out. Units: DG, pipelines caching."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

_SHORT = re.compile(
    r"(?:(?P<d>\d+)d)?(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m)?(?:(?P<s>\d+)s)?", re.IGNORECASE | re.ASCII
)
_ISO = re.compile(
    r"P(?:(?P<Y>\d+)Y)?(?:(?P<M>\d+)M)?(?:(?P<W>\d+)W)?(?:(?P<D>\d+)D)?"
    r"(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)S)?)?",
    re.IGNORECASE | re.ASCII,
)
_SECONDS_ALONE = re.compile(r"\s*(\d+)\s*", re.ASCII)
_DIGITS = 9  # of a number in a duration: more is no time that anybody means
_HINT = "write `7d`, `12h`, `30m`, `1d12h`, or ISO 8601 such as `P7D`"
_SECONDS = {"Y": 31_536_000, "M": 2_592_000, "W": 604_800, "D": 86_400, "h": 3_600, "m": 60, "s": 1}


class Duration(NamedTuple):
    """Whole numbers of each unit, as written."""

    Y: int = 0
    M: int = 0
    W: int = 0
    D: int = 0
    h: int = 0
    m: int = 0
    s: int = 0

    @property
    def iso(self) -> str:
        """The canonical ISO 8601 form, upper case, without zero parts."""
        date = "".join(f"{n}{unit}" for unit, n in zip("YMWD", self[:4], strict=True) if n)
        time = "".join(f"{n}{unit}" for unit, n in zip("HMS", self[4:], strict=True) if n)
        return f"P{date}" + (f"T{time}" if time else "")

    @property
    def seconds(self) -> int:
        """Its length, with months of 30 and years of 365 days."""
        return sum(n * _SECONDS[unit] for unit, n in self._asdict().items())

    @property
    def months_alone(self) -> bool:
        """Whether months are all it says: `P30M` is thirty months, and seldom meant."""
        return bool(self.M) and not any((self.Y, self.W, self.D, self.h, self.m, self.s))


class DurationFault(NamedTuple):
    message: str
    hint: str


@cache  # a few texts stand in the defaults of every step
def read_duration(text: str) -> Duration | DurationFault:
    """The duration a text says. A fault for anything else, for nothing and for zero."""
    word = text.strip()
    match = _ISO.fullmatch(word) if word[:1] in "Pp" else _SHORT.fullmatch(word)
    if match is None or word.upper().endswith(("P", "T")):
        return DurationFault(f"`{text}` is not a duration", _HINT)
    groups = match.groupdict(default="0")
    if any(len(number) > _DIGITS for number in groups.values()):
        return DurationFault(f"`{text}` is too long a time", _HINT)
    duration = Duration(**{("D" if unit == "d" else unit): int(number) for unit, number in groups.items()})
    if duration.seconds == 0:
        return DurationFault(f"`{text}` is no time at all", _HINT)
    return duration


def seconds_of(text: str) -> int | DurationFault:
    """Whole seconds of a duration, or of a plain number of seconds."""
    if number := _SECONDS_ALONE.fullmatch(text):
        return int(number[1]) if len(number[1]) <= _DIGITS else DurationFault(f"`{text}` is too long a time", _HINT)
    duration = read_duration(text)
    return duration.seconds if isinstance(duration, Duration) else duration
