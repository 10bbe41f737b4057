"""The table of codes. A code is stable for ever; its severity, summary and help stand here and nowhere else."""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]


class Code(NamedTuple):
    """A kind of fault: `summary` in one line, `help` as the paragraph that `sagepipe explain` prints."""

    severity: Severity
    summary: str
    help: str


CODES: dict[str, Code] = {
    # the text itself
    "file-not-found": Code("error", "the file is not there", "TODO"),
    "file-unreadable": Code("error", "the file cannot be read", "TODO"),
    "encoding": Code("error", "the file is not UTF-8", "TODO"),
    "file-too-large": Code("error", "the file is too large to be a pipeline", "TODO"),
    "yaml-syntax": Code("error", "the text is not YAML", "TODO"),
    "yaml-depth": Code("error", "the YAML nests too deep", "TODO"),
    "yaml-tag": Code("error", "a YAML tag is used", "TODO"),
    "yaml-alias-cycle": Code("error", "an alias contains itself", "TODO"),
    "yaml-alias-bomb": Code("error", "aliases blow the document up", "TODO"),
    "yaml-merge": Code("error", "a `<<` does not name a map", "TODO"),
    "yaml-many-documents": Code("error", "the file holds several documents", "TODO"),
    "yaml-empty": Code("error", "the document is empty", "TODO"),
    "duplicate-key": Code("error", "a key stands twice in one map", "TODO"),
    "yaml-key": Code("error", "a key is not plain text", "TODO"),
    "unquoted-expression": Code("error", "an expression needs quotes here", "TODO"),
    "number-range": Code("error", "a number is too large", "TODO"),
}
