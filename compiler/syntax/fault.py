"""What libyaml says of a text it cannot read, said again so that a person understands."""

from __future__ import annotations

import re
from collections.abc import Callable

from compiler.diagnostics import Place, Report
from compiler.text import Source, Span, record

_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_OLD_BREAKS = ("\x85", "\u2028", "\u2029", "\ufeff")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(r"\\(?:u|U0000)[dD][89a-fA-F]")
_QUOTE = "put the whole value in quotes"
_WORD = re.compile(r"[^\s:,\[\]{}]+")
_KEY_ALONE = re.compile(r"[ \t]*(?:- +)*([\w.-]+)[ \t]*(?:#.*)?")
_KEY_GLUED = re.compile(r"[ \t]*(?:- +)*([\w.-]+:)[^\s:/](?:(?!: ).)*")


@record
class _Stumble:
    """Where reading stopped (`at`), and where the thing that was being read began (`opened`)."""

    text: str
    at: int
    opened: int

    @property
    def character(self) -> str:
        return self.text[self.at : self.at + 1]

    @property
    def line(self) -> int:
        """Where the line begins that reading stopped in."""
        return _line_start(self.text, self.at)

    @property
    def leads(self) -> bool:
        """Only blanks, or dashes of list items, stand before it in its line."""
        return not self.text[self.line : self.at].strip(" \t-")

    @property
    def word(self) -> tuple[int, int]:
        """From where reading stopped to the end of the word there; one character at least, where there is one."""
        match = _WORD.match(self.text, self.at)
        return self.at, match.end() if match else min(self.at + 1, len(self.text))


@record
class _Said:
    message: str
    start: int
    end: int
    hint: str = ""
    label: str = ""
    code: str = "yaml-syntax"
    other: tuple[int, str] | None = None  # one character elsewhere that has to do with it


def explain(error: Exception, source: Source, report: Report) -> None:
    """Report `error`, a YAMLError or UnicodeEncodeError that was raised on reading `source`."""
    _report(_forbidden(source.text) or _said(error, source.text), source, report)


def refuse_old_breaks(source: Source, report: Report) -> bool:
    """Whether the text holds a character that ends a line or is left out in YAML 1.1, but not in 1.2; reported.

    They come with pasted text, unseen, and libyaml reads them the old way.
    """
    found = any(sign in source.text for sign in _OLD_BREAKS) and _forbidden(source.text)
    if found:
        _report(found, source, report)
    return bool(found)


def refuse_surrogates(text: str, span: Span, report: Report) -> bool:
    """Whether a text in double quotes holds half a character, by its escapes; reported. libyaml finds it by itself."""
    escape = not text.isascii() and _SURROGATE.search(text) and _SURROGATE_ESCAPE.search(span.text)
    if not escape:
        return False
    start = span.start + escape.start()
    _report(_code(_Stumble(span.source.text, start + 1, start)), span.source, report)
    return True


def _report(said: _Said, source: Source, report: Report) -> None:
    other = said.other
    places = (Place(Span(source, other[0], min(other[0] + 1, len(source.text))), other[1]),) if other else ()
    span = Span(source, said.start, min(said.end, len(source.text)))
    report.add(said.code, said.message, span, label=said.label, hint=said.hint, places=places)


def _forbidden(text: str) -> _Said | None:
    found = _FORBIDDEN.search(text)
    if found is None:
        return None
    message = f"the character U+{ord(found[0]):04X} cannot stand in YAML"
    return _Said(message, found.start(), found.end(), "remove it, or write it as an escape in double quotes")


def _said(error: Exception, text: str) -> _Said:
    problem = str(getattr(error, "problem", None) or error).splitlines()[0]
    at = _index(error, "problem_mark", text)
    stumble = _Stumble(text, at, _index(error, "context_mark", text) if getattr(error, "context_mark", None) else at)
    words = f"{getattr(error, 'context', None) or ''}: {problem}"
    for pattern, say in _RULES:
        if re.search(pattern, words):
            return say(stumble)
    return _Said(problem, *stumble.word)


def _index(error: Exception, name: str, text: str) -> int:
    mark = getattr(error, name, None)
    return min(mark.index, len(text)) if mark else 0


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def _token(s: _Stumble) -> _Said:
    if s.character != "\t":
        sign = "a backquote" if s.character == "`" else f"`{s.character}`"
        return _Said(f"text cannot begin with {sign}", *s.word, _QUOTE)
    end = s.at + len(s.text[s.at :]) - len(s.text[s.at :].lstrip("\t"))
    if s.leads:
        return _Said("a tab indents this line", s.at, end, "indent with spaces")
    return _Said("a tab stands where a value begins", s.at, end, "use spaces")


def _tab(s: _Stumble) -> _Said:
    return _Said("a tab indents this line", s.at, s.at + 1, "indent with spaces")


def _quote(s: _Stumble) -> _Said:
    quote = s.text[s.opened : s.opened + 1]
    return _Said("a quote is not closed", s.opened, s.opened + 1, f"close it with `{quote}`", "opened here")


def _escape(s: _Stumble) -> _Said:
    start = s.at if s.character == "\\" else s.at - 1
    escape = s.text[start : start + 2]
    return _Said(f"`{escape}` is no escape", start, start + 2, f"write `\\{escape}`, or put the text in single quotes")


def _digits(s: _Stumble) -> _Said:
    start = s.text.rfind("\\", 0, s.at)
    return _Said("an escape lacks hexadecimal digits", start, s.at, "`\\x` takes two, `\\u` four, `\\U` eight")


def _code(s: _Stumble) -> _Said:
    start = s.text.rfind("\\", 0, s.at)
    end = re.compile(r"\\.[0-9A-Fa-f]*").match(s.text, start)
    return _Said("an escape names no character", start, end.end() if end else s.at,
                 "write the character itself, or `\\U` with the eight digits of its number")


def _bracket(s: _Stumble) -> _Said:
    """A flow list or map goes on where it should have ended."""
    opening = s.text[s.opened : s.opened + 1]
    closing = {"[": "]", "{": "}"}.get(opening, "]")
    here = (s.opened, "opened here")
    if s.character in ("]", "}"):
        return _Said(f"`{s.character}` stands where `{opening}` is still open", s.at, s.at + 1,
                     f"close it with `{closing}`", other=here)
    if _line_start(s.text, s.opened) != s.line or s.at >= len(s.text):
        return _Said(f"`{opening}` is not closed", s.opened, s.opened + 1, f"close it with `{closing}`", "opened here")
    word = re.search(r"\S+$", s.text[s.line : s.at])
    if s.character == ":" and word and word.start() > 0:
        return _Said(f"a `,` is missing before `{word[0]}`", s.line + word.start(), s.at,
                     "separate entries with `,`, or put text that holds `: ` in quotes", other=here)
    return _Said(f"a `,` or `{closing}` is missing", *s.word, "separate entries with `,`", other=here)


def _no_content(s: _Stumble) -> _Said:
    before = s.text[: s.at].rstrip()
    if s.at >= len(s.text) and before[-1:] in ("[", "{", ",", ":"):
        return _Said("a list or map in brackets is not closed", len(before) - 1, len(before), "close the bracket")
    if s.at >= len(s.text):
        return _Said("the text ends where a value should stand", s.at, s.at)
    if s.character == ":":
        return _empty_key(s)
    return _Said(f"`{s.character}` cannot begin a value", s.at, s.at + 1, "put the value in quotes if it is text")


def _empty_key(s: _Stumble) -> _Said:
    return _Said("a key is empty", s.at, s.at + 1, "write a name before the `:`", code="yaml-key")


def _colon(s: _Stumble) -> _Said:
    """A `: ` where a map cannot begin."""
    key = s.text[s.line : s.at]
    if not _KEY_ALONE.fullmatch(key):
        return _Said("`: ` stands in text without quotes", s.at, s.at + 1, _QUOTE)
    begin, above = _line_above(s.text, s.line)
    if alone := _KEY_ALONE.fullmatch(above):
        return _Said(f"no `:` follows `{alone[1]}`", begin + alone.start(1), begin + alone.end(1),
                     "write `:` behind it")
    if glued := _KEY_GLUED.fullmatch(above):
        return _Said(f"no space follows `{glued[1]}`", begin + glued.start(1), begin + glued.end(1),
                     "write a space behind the `:`")
    start = s.at - len(key.lstrip(" \t-"))
    return _Said("a key stands inside the value of the line above", start, s.at,
                 "indent it like the key it follows, or leave the value above empty")


def _line_above(text: str, line: int) -> tuple[int, str]:
    """The last line before the one at `line` that is not empty: where it begins, and its text."""
    above = text[:line].rstrip()
    begin = _line_start(above, len(above))
    return begin, above[begin:]


def _indent(s: _Stumble) -> _Said:
    if s.character == ":":
        return _empty_key(s)
    if not s.leads:
        return _after_value(s)
    return _Said("this line is indented like none of the keys above it", *s.word,
                 "indent it like the keys of the map it belongs to", other=(s.opened, "the map begins here"))


def _item(s: _Stumble) -> _Said:
    if not s.leads:
        return _after_value(s)
    return _Said("a list goes on with something that is no item", *s.word,
                 "begin the line with `- `, or indent it like the key it belongs to",
                 other=(s.opened, "the list begins here"))


def _after_value(s: _Stumble) -> _Said:
    if s.character in ("]", "}"):
        return _Said(f"`{s.character}` closes nothing", s.at, s.at + 1, "remove it")
    return _Said("something follows a value that has ended", *s.word, _QUOTE)


def _no_colon(s: _Stumble) -> _Said:
    line = re.compile(r"[^\r\n]*").match(s.text, s.opened)
    word = line[0].split(" #")[0].rstrip() if line else ""
    return _Said("this line is neither a key nor part of a value", s.opened, s.opened + len(word),
                 "a key is followed by `: `; a text of several lines is indented deeper than its key")


def _dash(s: _Stumble) -> _Said:
    return _Said("a list item cannot begin here", s.at, s.at + 1,
                 "put the items on lines of their own below the key, or write `[a, b]`")


def _question(s: _Stumble) -> _Said:
    return _Said("text cannot begin with `? `", s.at, s.at + 1, _QUOTE)


def _second(s: _Stumble) -> _Said:
    if s.character in ("]", "}"):
        return _after_value(s)
    return _Said("something follows the end of the document", *s.word, "a document is one map; look at the line above")


def _alias(s: _Stumble) -> _Said:
    return _Said("`*` at the beginning of a value wants the name of an anchor", s.opened, s.opened + 1, _QUOTE)


def _anchor(s: _Stumble) -> _Said:
    return _Said("`&` at the beginning of a value wants a name", s.opened, s.opened + 1, _QUOTE)


def _block(s: _Stumble) -> _Said:
    sign = s.text[s.opened : s.opened + 1]
    return _Said(f"text follows the `{sign}` in its line", *s.word,
                 f"begin the text in the next line, or put it in quotes if it is meant to begin with `{sign}`")


def _directive(s: _Stumble) -> _Said:
    end = re.compile(r"[^\r\n]*").match(s.text, s.line)
    return _Said("this directive is not understood", s.line, end.end() if end else s.at, "remove the line")


def _handle(s: _Stumble) -> _Said:
    start = min(s.opened, s.at)
    match = re.compile(r"\S*").match(s.text, start)
    end = match.end() if match else start
    return _Said(f"the tag `{s.text[start:end]}` is not taken", start, end,
                 "remove it; put a value in quotes if it is meant as text", code="yaml-tag")


_RULES: tuple[tuple[str, Callable[[_Stumble], _Said]], ...] = (
    ("cannot start any token", _token),
    ("tab character", _tab),
    ("invalid Unicode character escape", _code),
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
