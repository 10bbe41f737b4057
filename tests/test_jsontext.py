"""Maps as JSON text: what comes out parses to what went in, references put in included."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from compiler.model.values import Get, Join, ListValue, Literal, MapValue, Member, Value
from compiler.steps.jsontext import json_text
from compiler.text import Source, Span

JSON = Any
HERE = Span(Source("items", ""), 0, 0)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)
MAPS = st.dictionaries(st.text(), DOCUMENTS, max_size=4)


def value_of(document: JSON) -> Value:
    match document:
        case dict():
            return MapValue({k: Member(value_of(v), HERE) for k, v in document.items()}, HERE)
        case list():
            return ListValue(tuple(value_of(v) for v in document), HERE)
        case _:
            return Literal(document, HERE)


def rendered(value: Value, run: dict[str, str]) -> str:
    """The text as the service renders it, with the values of a run."""
    match value:
        case Join(on, values):
            return on.join(rendered(v, run) for v in values)
        case Get(name=name):
            return run[name]
        case Literal():
            return value.as_text
    raise AssertionError(value)


@given(MAPS)
def test_a_map_is_the_json_text_of_itself(document: JSON) -> None:
    text = json_text(value_of(document))
    assert isinstance(text, Literal)
    assert json.loads(text.as_text) == document
    assert text.as_text == json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def get(name: str, type_: Any) -> Get:
    return Get("Parameters", name, (), type_, HERE)


@given(MAPS, st.text(), st.text(alphabet="/- :'"))
def test_references_are_put_in_as_what_they_are(document: JSON, literal: str, on: str) -> None:
    joined = Join(on, (Literal(literal, HERE), get("word", "string"), get("count", "integer")), HERE)
    references = {
        "word": get("word", "string"),
        "late": get("word", "unknown"),
        "count": get("count", "integer"),
        "flag": get("flag", "boolean"),
        "joined": joined,
        "nested": Join("", (joined, Literal('"', HERE)), HERE),
    }
    whole = value_of({"document": document})
    assert isinstance(whole, MapValue)
    members = whole.members | {k: Member(v, HERE) for k, v in references.items()}
    text = rendered(json_text(MapValue(members, HERE)), {"word": "a word", "count": "7", "flag": "true"})
    together = on.join([literal, "a word", "7"])
    assert json.loads(text) == {
        "document": document,
        "word": "a word",
        "late": "a word",
        "count": 7,
        "flag": True,
        "joined": together,
        "nested": together + '"',
    }
