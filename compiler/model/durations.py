"""Durations: `7d`, `1d12h`, or ISO 8601; one canonical form comes out. Units: DG, pipelines caching."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

_SHORT = re.compile(r"(?:(?P<d>\d+)d)?(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m)?(?:(?P<s>\d+)s)?", re.IGNORECASE)
_ISO = re.compile(
    r"P(?:(?P<Y>\d+)Y)?(?:(?P<M>\d+)M)?(?:(?P<W>\d+)W)?(?:(?P<D>\d+)D)?"
    r"(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)S)?)?",
    re.IGNORECASE,
)
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
        return DurationFault(
            f"`{text}` is not a duration", "write `7d`, `12h`, `30m`, `1d12h`, or ISO 8601 such as `P7D`"
        )
    groups = match.groupdict(default="0")
    numbers = {("D" if k == "d" else k): min(int(v), 10**9) for k, v in groups.items()}
    duration = Duration(**numbers)
    if duration.seconds == 0:
        return DurationFault(
            f"`{text}` is no time at all", "write `7d`, `12h`, `30m`, `1d12h`, or ISO 8601 such as `P7D`"
        )
    return duration


def seconds_of(text: str) -> int | DurationFault:
    """Whole seconds of a duration, or of a plain number of seconds."""
    if text.strip().isdigit():
        return int(text.strip()) if len(text.strip()) < 12 else DurationFault(f"`{text}` is too long a time", "")
    duration = read_duration(text)
    return duration.seconds if isinstance(duration, Duration) else duration
