"""SARIF 2.1.0 (OASIS), as code scanning reads it. Columns are counted in code points."""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import quote

from compiler import __version__
from compiler.diagnostics.codes import CODES
from compiler.diagnostics.diagnostic import Diagnostic
from compiler.text import Span

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

Json = dict[str, object]


def render(diagnostics: Iterable[Diagnostic]) -> str:
    """One run, with the rules that were broken and where."""
    found = list(diagnostics)
    rules = list(dict.fromkeys(diagnostic.code for diagnostic in found))
    driver = {"name": "sagepipe", "version": __version__, "rules": [_rule(code) for code in rules]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, rules.index(diagnostic.code)) for diagnostic in found],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(code: str) -> Json:
    declared = CODES[code]
    return {
        "id": code,
        "shortDescription": {"text": declared.summary},
        "help": {"text": declared.help},
        "defaultConfiguration": {"level": declared.severity},
    }


def _result(diagnostic: Diagnostic, rule: int) -> Json:
    sentences = [diagnostic.message, *diagnostic.notes, diagnostic.hint]
    result: Json = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": diagnostic.severity,
        "message": {"text": "\n".join(sentence for sentence in sentences if sentence)},
        "locations": [{"physicalLocation": _location(diagnostic.path, diagnostic.span)}],
    }
    if diagnostic.places:
        result["relatedLocations"] = [
            {
                "id": number,
                "physicalLocation": _location(place.span.source.path, place.span),
                "message": {"text": place.label},
            }
            for number, place in enumerate(diagnostic.places, 1)
        ]
    return result


def _location(path: str, span: Span | None) -> Json:
    location: Json = {"artifactLocation": {"uri": _uri(path)}}
    if span:
        line, column = span.position
        end_line, end_column = span.source.position(span.end)
        location["region"] = {
            "startLine": line,
            "startColumn": column,
            "endLine": end_line,
            "endColumn": end_column,
            "charOffset": span.start,
            "charLength": span.end - span.start,
        }
    return location


def _uri(path: str) -> str:
    """A path as a URI reference; a relative one stays relative, to the root of the checkout."""
    encoded = quote(path.encode(errors="surrogatepass"))
    return f"file://{encoded}" if path.startswith("/") else encoded
