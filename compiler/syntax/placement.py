"""Where the characters of a scalar's value stand in its source, whatever its style."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.text import Span, record

_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))|(.)", re.DOTALL)
_NAMED = dict(zip('0abtnvfre "/\\N_LP', '\0\a\b\t\n\v\f\r\x1b "/\\\x85\xa0\u2028\u2029', strict=True))
_DOUBLED = re.compile(r"''|.", re.DOTALL)


@record
class Places:
    """From ranges of a scalar's value to spans. `inside` is the scalar without its quotes."""

    inside: Span
    exact: bool  # the value stands there character for character
    offsets: tuple[int, ...] = ()  # else, for each character of the value and its end, the offset in `inside`

    def __call__(self, start: int, end: int) -> Span:
        """Where the characters from `start` to `end` stand; the whole inside when that is not known."""
        if self.exact:
            begin = self.inside.start
            return Span(self.inside.source, begin + start, begin + end)
        if not self.offsets:
            return self.inside
        return self.inside.sub(self.offsets[start], self.offsets[end - 1] + 1 if end > start else self.offsets[start])


def places(value: str, span: Span, style: str | None) -> Places:
    """The places of `value`, the value of the scalar at `span` in PyYAML's `style` (`'`, `"`, `|`, `>`, else plain)."""
    if style and style in "'\"":
        span = Span(span.source, span.start + 1, span.end - 1)
    raw = span.text
    if raw == value:
        return Places(span, True)
    return Places(span, False, tuple(_offsets(value, raw, style or "") or ()))


def _offsets(value: str, raw: str, style: str) -> list[int] | None:
    """For each character of `value`, and its end, the offset in `raw`.

    Folding and indentation only change white space, so the other characters correspond one to one.
    """
    units = [(at, character) for at, character in _units(raw, style) if not character.isspace()]
    if "".join(character for _, character in units) != "".join(value.split()):
        return None
    offsets: list[int] = []
    ahead = iter(units)
    after = 0
    for character in value:
        if character.isspace():
            offsets.append(min(after, len(raw)))
            continue
        at, _ = next(ahead)
        offsets.append(at)
        after = at + 1
    return [*offsets, after]


def _units(raw: str, style: str) -> Iterator[tuple[int, str]]:
    """The characters that `raw` stands for, each with its offset."""
    if style == '"':
        for match in _ESCAPE.finditer(raw):
            yield match.start(), _escaped(match)
        return
    if style == "'":
        for match in _DOUBLED.finditer(raw):
            yield match.start(), match.group()[0]
        return
    begin = len(re.split(r"\r\n?|\n", raw, maxsplit=1)[0]) if style else 0
    yield from enumerate(raw[begin:], begin)


def _escaped(match: re.Match[str]) -> str:
    hexadecimal = match[1] or match[2] or match[3]
    if hexadecimal:
        return chr(int(hexadecimal, 16))
    return match[5] if match[5] is not None else _NAMED.get(match[4], " ")
