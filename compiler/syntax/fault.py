"""What libyaml says of a text it cannot read, said again so that a person understands."""

from __future__ import annotations

import re
from collections.abc import Callable

from compiler.diagnostics import Report
from compiler.syntax.characters import forbidden, half_character
from compiler.syntax.stop import Said, Stop, line_start, report_said
from compiler.text import Source

_QUOTE = "put the whole value in quotes"
_KEY_ALONE = re.compile(r"[ \t]*(?:- +)*([\w.-]+)[ \t]*(?:#.*)?")
_KEY_GLUED = re.compile(r"[ \t]*(?:- +)*([\w.-]+:)[^\s:/](?:(?!: ).)*")


def explain(error: Exception, source: Source, report: Report) -> None:
    """Report `error`, a YAMLError or UnicodeEncodeError that was raised on reading `source`."""
    report_said(forbidden(source.text) or _said(error, source.text), source, report)


def _said(error: Exception, text: str) -> Said:
    problem = str(getattr(error, "problem", None) or error).splitlines()[0]
    at = _index(error, "problem_mark", text)
    stumble = Stop(text, at, _index(error, "context_mark", text) if getattr(error, "context_mark", None) else at)
    words = f"{getattr(error, 'context', None) or ''}: {problem}"
    for pattern, say in _RULES:
        if re.search(pattern, words):
            return say(stumble)
    return Said(problem, *stumble.word)


def _index(error: Exception, name: str, text: str) -> int:
    mark = getattr(error, name, None)
    return min(mark.index, len(text)) if mark else 0


def _token(s: Stop) -> Said:
    if s.character != "\t":
        sign = "a backquote" if s.character == "`" else f"`{s.character}`"
        return Said(f"text cannot begin with {sign}", *s.word, _QUOTE)
    end = s.at + len(s.text[s.at :]) - len(s.text[s.at :].lstrip("\t"))
    if s.leads:
        return Said("a tab indents this line", s.at, end, "indent with spaces")
    return Said("a tab stands where a value begins", s.at, end, "use spaces")


def _tab(s: Stop) -> Said:
    return Said("a tab indents this line", s.at, s.at + 1, "indent with spaces")


def _quote(s: Stop) -> Said:
    quote = s.text[s.opened : s.opened + 1]
    return Said("a quote is not closed", s.opened, s.opened + 1, f"close it with `{quote}`", "opened here")


def _escape(s: Stop) -> Said:
    start = s.at if s.character == "\\" else s.at - 1
    escape = s.text[start : start + 2]
    return Said(f"`{escape}` is no escape", start, start + 2, f"write `\\{escape}`, or put the text in single quotes")


def _digits(s: Stop) -> Said:
    start = s.text.rfind("\\", 0, s.at)
    return Said("an escape lacks hexadecimal digits", start, s.at, "`\\x` takes two, `\\u` four, `\\U` eight")


def _bracket(s: Stop) -> Said:
    """A flow list or map goes on where it should have ended."""
    opening = s.text[s.opened : s.opened + 1]
    closing = {"[": "]", "{": "}"}.get(opening, "]")
    here = (s.opened, "opened here")
    if s.character in ("]", "}"):
        return Said(f"`{s.character}` stands where `{opening}` is still open", s.at, s.at + 1,
                     f"close it with `{closing}`", other=here)
    if line_start(s.text, s.opened) != s.line or s.at >= len(s.text):
        return Said(f"`{opening}` is not closed", s.opened, s.opened + 1, f"close it with `{closing}`", "opened here")
    before = s.text[s.line : s.at].split()
    if s.character == ":" and len(before) > 1 and not s.text[s.at - 1].isspace():
        return Said(f"a `,` is missing before `{before[-1]}`", s.at - len(before[-1]), s.at,
                     "separate entries with `,`, or put text that holds `: ` in quotes", other=here)
    return Said(f"a `,` or `{closing}` is missing", *s.word, "separate entries with `,`", other=here)


def _no_content(s: Stop) -> Said:
    before = s.text[: s.at].rstrip()
    if s.at >= len(s.text) and before[-1:] in ("[", "{", ",", ":"):
        return Said("a list or map in brackets is not closed", len(before) - 1, len(before), "close the bracket")
    if s.at >= len(s.text):
        return Said("the text ends where a value should stand", s.at, s.at)
    if s.character == ":":
        return _empty_key(s)
    return Said(f"`{s.character}` cannot begin a value", s.at, s.at + 1, "put the value in quotes if it is text")


def _empty_key(s: Stop) -> Said:
    return Said("a key is empty", s.at, s.at + 1, "write a name before the `:`", code="yaml-key")


def _colon(s: Stop) -> Said:
    """A `: ` where a map cannot begin."""
    key = s.text[s.line : s.at]
    if not _KEY_ALONE.fullmatch(key):
        return Said("`: ` stands in text without quotes", s.at, s.at + 1, _QUOTE)
    begin, above = _line_above(s.text, s.line)
    if alone := _KEY_ALONE.fullmatch(above):
        return Said(f"no `:` follows `{alone[1]}`", begin + alone.start(1), begin + alone.end(1),
                     "write `:` behind it")
    if glued := _KEY_GLUED.fullmatch(above):
        return Said(f"no space follows `{glued[1]}`", begin + glued.start(1), begin + glued.end(1),
                     "write a space behind the `:`")
    start = s.at - len(key.lstrip(" \t-"))
    return Said("a key stands inside the value of the line above", start, s.at,
                 "indent it like the key it follows, or leave the value above empty")


def _line_above(text: str, line: int) -> tuple[int, str]:
    """The last line before the one at `line` that is not empty: where it begins, and its text."""
    above = text[:line].rstrip()
    begin = line_start(above, len(above))
    return begin, above[begin:]


def _indent(s: Stop) -> Said:
    if s.character == ":":
        return _empty_key(s)
    if not s.leads:
        return _after_value(s)
    return Said("this line is indented like none of the keys above it", *s.word,
                 "indent it like the keys of the map it belongs to", other=(s.opened, "the map begins here"))


def _item(s: Stop) -> Said:
    if not s.leads:
        return _after_value(s)
    return Said("a list goes on with something that is no item", *s.word,
                 "begin the line with `- `, or indent it like the key it belongs to",
                 other=(s.opened, "the list begins here"))


def _after_value(s: Stop) -> Said:
    if s.character in ("]", "}"):
        return Said(f"`{s.character}` closes nothing", s.at, s.at + 1, "remove it")
    inside = {"'": "''", '"': '\\"'}.get(s.text[s.at - 1 : s.at])
    hint = f"write `{inside}` for a quote inside quotes" if inside else _QUOTE
    return Said("something follows a value that has ended", *s.word, hint)


def _no_colon(s: Stop) -> Said:
    line = re.compile(r"[^\r\n]*").match(s.text, s.opened)
    word = line[0].split(" #")[0].rstrip() if line else ""
    return Said("this line is neither a key nor part of a value", s.opened, s.opened + len(word),
                 "a key is followed by `: `; a text of several lines is indented deeper than its key")


def _dash(s: Stop) -> Said:
    return Said("a list item cannot begin here", s.at, s.at + 1,
                 "put the items on lines of their own below the key, or write `[a, b]`")


def _question(s: Stop) -> Said:
    return Said("text cannot begin with `? `", s.at, s.at + 1, _QUOTE)


def _second(s: Stop) -> Said:
    if s.character in ("]", "}"):
        return _after_value(s)
    return Said("something follows the end of the document", *s.word, "a document is one map; look at the line above")


def _alias(s: Stop) -> Said:
    return Said("`*` at the beginning of a value wants the name of an anchor", s.opened, s.opened + 1, _QUOTE)


def _anchor(s: Stop) -> Said:
    return Said("`&` at the beginning of a value wants a name", s.opened, s.opened + 1, _QUOTE)


def _block(s: Stop) -> Said:
    sign = s.text[s.opened : s.opened + 1]
    return Said(f"text follows the `{sign}` in its line", *s.word,
                 f"begin the text in the next line, or put it in quotes if it is meant to begin with `{sign}`")


def _directive(s: Stop) -> Said:
    end = re.compile(r"[^\r\n]*").match(s.text, s.line)
    return Said("this directive is not understood", s.line, end.end() if end else s.at, "remove the line")


def _handle(s: Stop) -> Said:
    start = min(s.opened, s.at)
    match = re.compile(r"\S*").match(s.text, start)
    end = match.end() if match else start
    return Said(f"the tag `{s.text[start:end]}` is not taken", start, end,
                 "remove it; put a value in quotes if it is meant as text", code="yaml-tag")


_RULES: tuple[tuple[str, Callable[[Stop], Said]], ...] = (
    ("cannot start any token", _token),
    ("tab character", _tab),
    ("invalid Unicode character escape", half_character),
    ("quoted scalar: found unexpected", _quote),
    ("unknown escape", _escape),
    ("hexadecimal|hexdecimal", _digits),
    ("',' or '[]}]'", _bracket),
    ("node content", _no_content),
    ("mapping values are not allowed", _colon),
    ("block mapping: ", _indent),
    ("block collection: ", _item),
    ("could not find expected ':'", _no_colon),
    ("sequence entries are not allowed", _dash),
    ("mapping keys are not allowed", _question),
    ("<document start>", _second),
    ("an alias: ", _alias),
    ("an anchor: ", _anchor),
    ("a block scalar: ", _block),
    ("directive|incompatible YAML", _directive),
    ("tag", _handle),
)
