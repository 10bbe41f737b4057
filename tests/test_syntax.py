"""Text to nodes: what scalars mean, where things stand, what is refused and that nothing escapes."""

from __future__ import annotations

import math

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import codes, good, plain_data, read, walk

from compiler.diagnostics.render import render
from compiler.expr import Path
from compiler.syntax import (
    Mapping,
    Scalar,
    Sequence,
    Template,
    reads_differently,
)
from compiler.text import Source, Span

# What plain scalars mean ------------------------------------------------------------------------------------------

CORE_SCHEMA = {
    "true True TRUE": True,
    "false False FALSE": False,
    "null Null NULL ~": None,
    "0 -0 +0": 0,
    "12": 12,
    "-12": -12,
    "+12": 12,
    "0o17": 15,
    "0x1F 0x1f": 31,
    "9223372036854775807": 2**63 - 1,
    "-9223372036854775808": -(2**63),
    "1e-3 1E-3 .001 0.001": 0.001,
    ".5": 0.5,
    "5. 5.0 5e0 +5.0": 5.0,
    "01.5": 1.5,
    "0e5 -0.0": 0.0,
    ".inf .Inf .INF +.inf": math.inf,
    "-.inf": -math.inf,
}
TEXT = """
yes no on off y n Yes NO tRUE nULL 010 -010 00 0o18 0xG -0x1F 0O17 0b101 1_000 0x_1 12:30:00 1:30 190:20:30.15
2020-01-01 2001-12-14t21:59:43.10-05:00 1.2-1 1.2.3 1e 1e+ e3 . .. + -- 1.e.5 .e3 ++1 inf nan .nan.5 .infinity =
ml.m5.xlarge 12abc 0x 0o ٣ １２"""


@pytest.mark.parametrize(("text", "value"), [(t, v) for texts, v in CORE_SCHEMA.items() for t in texts.split()])
def test_core_schema(text: str, value: object) -> None:
    node = good(f"a: {text}")
    assert isinstance(node, Mapping)
    scalar = node.get("a")
    assert isinstance(scalar, Scalar) and scalar.plain and scalar.text == text
    assert (scalar.value, type(scalar.value)) == (value, type(value))


@pytest.mark.parametrize("text", TEXT.split())
def test_text_in_the_core_schema(text: str) -> None:
    assert plain_data(good(f"a: {text}")) == {"a": text}


def test_not_a_number() -> None:
    node = good("[.nan, .NaN, .NAN]")
    assert isinstance(node, Sequence)
    assert all(isinstance(item, Scalar) and math.isnan(float(item.value or 0)) for item in node.items)


def test_nothing_is_null() -> None:
    assert plain_data(good("{a: , b}")) == {"a": None, "b": None}
    assert plain_data(good("a:\nb:\n- \n-\n")) == {"a": None, "b": [None, None]}


@pytest.mark.parametrize("style", ["'{}'", '"{}"', "|-\n  {}", ">-\n  {}"])
@pytest.mark.parametrize("text", ["true", "010", "12", "null", "1e-3", ""])
def test_other_styles_are_text(style: str, text: str) -> None:
    node = good("a: " + style.format(text))
    assert isinstance(node, Mapping)
    assert node.get("a") == Scalar(text, text, Span(Source("", ""), 0, 0), False)


BIG = ["9223372036854775808", "-9223372036854775809", "1" * 5000, "0x" + "f" * 17, "0o" + "7" * 30]


@pytest.mark.parametrize("text", BIG)
def test_integer_out_of_range(text: str) -> None:
    assert codes(f"a: {text}") == ["number-range"]


@pytest.mark.parametrize("text", ["1e309", "-1e309", "1e-400", "1" + "0" * 310 + ".0"])
def test_float_out_of_range(text: str) -> None:
    assert codes(f"a: {text}") == ["number-range"]


READINGS = {
    "yes": "a boolean in YAML 1.1",
    "off": "a boolean in YAML 1.1",
    "010": "the integer 8 in YAML 1.1",
    "1_000": "the integer 1000 in YAML 1.1",
    "12:30:00": "the integer 45000 in YAML 1.1",
    "0b11": "the integer 3 in YAML 1.1",
    "2020-01-01": "a date in YAML 1.1",
    "1e-3": "text in YAML 1.1",
    "0o17": "text in YAML 1.1",
    "1:30.5": "a float in YAML 1.1",
}


@pytest.mark.parametrize(("text", "said"), READINGS.items())
def test_read_differently_by_yaml_1_1(text: str, said: str) -> None:
    node = good(text)
    assert isinstance(node, Scalar) and reads_differently(node) == said


@pytest.mark.parametrize("text", ["a", "12", "1.5", "true", "'yes'", '"010"', "08", "-.inf", "0x1F", "1.2.3"])
def test_read_alike_by_yaml_1_1(text: str) -> None:
    node = good(text)
    assert isinstance(node, Scalar) and reads_differently(node) is None


@settings(max_examples=3 * settings().max_examples)
@given(st.text("0123456789abcdefxobtTrueyYsnN._+-:eE~", min_size=1, max_size=12))
def test_agreement_with_yaml_1_1_is_agreement(text: str) -> None:
    """Where we say nothing, PyYAML's own reading is ours."""
    node, report = read(f"[{text}]")
    try:
        theirs = yaml.safe_load(f"[{text}]")
    except (yaml.YAMLError, ValueError):
        return
    if not isinstance(node, Sequence) or len(report) or not all(isinstance(item, Scalar) for item in node.items):
        return
    if all(isinstance(item, Scalar) and reads_differently(item) is None for item in node.items):
        assert repr(plain_data(node)) == repr(theirs)


# Where things stand -----------------------------------------------------------------------------------------------

STYLES = {
    "plain": "a: one ${{ steps.train.model }} two\n",
    "plain of several lines": "a: one\n  ${{ steps.train.model }}\n  two\n",
    "single quotes": "a: 'it''s ${{ steps.train.model }} two'\n",
    "double quotes": 'a: "one\\t\\"x\\" \\u00e9 \\x41 ${{ steps.train.model }} two"\n',
    "double quotes of several lines": 'a: "one \\\n   é ${{ steps.train.model }}\n\n   two"\n',
    "literal": "a: |\n  one\n    ${{ steps.train.model }}\n  two\n",
    "literal with header": "a: |2+ # ${{ no.such.thing }}\n    one\n    ${{ steps.train.model }}\n\n\n",
    "folded": "a: >-\n  one\n  two ${{ steps.train.model }}\n\n  three\n",
    "carriage returns": "a: |\r\n  one\r\n  ${{ steps.train.model }}\r\n",
    "beyond the first plane": 'a: "😀😀\\U0001F600 ${{ steps.train.model }} 😀"\n',
    "anchored": "a: &x\n  # why\n  one ${{ steps.train.model }}\n",
    "in a list": '[1, "${{ steps.train.model }}", 2]\n',
}


@pytest.mark.parametrize("text", STYLES.values(), ids=STYLES)
def test_path_stands_where_it_is_written(text: str) -> None:
    (template,) = (node for node in walk(good(text)) if isinstance(node, Template))
    (path,) = (part for part in template.parts if isinstance(part, Path))
    assert str(path) == "steps.train.model"
    assert path.span.text == "steps.train.model"
    assert [segment.span.text for segment in path.segments] == ["steps", "train", "model"]


def test_key_in_brackets_stands_where_it_is_written() -> None:
    template = good('"${{ steps.t.metrics[\\"validation:auc\\"] }}"')
    assert isinstance(template, Template) and template.whole is not None
    assert template.whole.segments[-1].value == "validation:auc"
    assert template.whole.segments[-1].span.text == '[\\"validation:auc\\"]'


def test_place_is_the_whole_text_where_characters_do_not_correspond() -> None:
    """`\\x24` is the `$` itself: nothing in the source reads `${{`, and yet it is exact."""
    node = good('"\\x24{{ a.b }}"')
    assert isinstance(node, Template) and node.whole and node.whole.span.text == "a.b"


def test_escaped_expression_is_text() -> None:
    assert plain_data(good("a: x $${{ b }} y\nb: '$${{'")) == {"a": "x ${{ b }} y", "b": "${{"}
    node = good("a: $${{ b }} ${{ c }}")
    assert isinstance(node, Mapping)
    template = node.get("a")
    assert isinstance(template, Template) and template.parts[0] == "${{ b }} "


def test_template_at_fault_has_a_path_without_segments() -> None:
    node, report = read("a: x ${{ 1 + 1 }} ${{ b }}")
    assert [diagnostic.code for diagnostic in report] == ["expression-syntax"]
    assert isinstance(node, Mapping)
    template = node.get("a")
    assert isinstance(template, Template)
    assert [str(part) for part in template.parts] == ["x ", "", " ", "b"]


def test_block_collections_end_with_their_last_value() -> None:
    node = good("a:\n  b: 1  # one\n\n# two\nc: &x\n  - d\n  - e   \n")
    assert isinstance(node, Mapping)
    assert [node.get("a"), node.get("c")] == [good("b: 1"), good("[d, e]")]
    assert [child.span.text for child in (node.get("a"), node.get("c")) if child] == ["b: 1", "- d\n  - e"]


def test_marks_count_characters() -> None:
    """With libyaml too, and behind a byte order mark."""
    text = '\ufeff"😀é": [😀, x]\n'
    node = good(text)
    assert isinstance(node, Mapping)
    assert [each.span.text for each in walk(node)][1:] == ["[😀, x]", "😀", "x"]
    assert node.entries["😀é"].key.span.text == '"😀é"'


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    text = end.join(["a: 1", "b:", "  c: 2", "  d: [x, ${{ y", "  ]"])
    _, report = read(text)
    (diagnostic,) = report
    assert diagnostic.span is not None
    assert diagnostic.span.position == (4, 10)
    assert diagnostic.span.source.line(3) == "  c: 2"


# Maps, anchors, merges --------------------------------------------------------------------------------------------


def test_numbers_as_keys_are_text() -> None:
    assert plain_data(good("{1: a, 1.10: b, 010: c, on: d}")) == {"1": "a", "1.10": "b", "010": "c", "on": "d"}
    assert codes("{1: a, '1': b}") == ["duplicate-key"]


def test_aliases_are_the_node_itself() -> None:
    node = good("a: &x {b: 1}\nc: *x\nd: [*x]\n? &k e\n: 1\nf: {*k : 2}\n")
    assert isinstance(node, Mapping)
    assert node.get("c") is node.get("a")
    assert plain_data(node) == {"a": {"b": 1}, "c": {"b": 1}, "d": [{"b": 1}], "e": 1, "f": {"e": 2}}


def test_anchor_given_again_means_the_later_one() -> None:
    assert plain_data(good("[&x 1, *x, &x 2, *x]")) == [1, 1, 2, 2]
    assert plain_data(good("&x [&x 1, *x]")) == [1, 1]


MERGES = {
    "explicit keys win wherever they stand": ("{a: 1, <<: *x, c: 3}", {"a": 1, "b": 8, "c": 3}),
    "the earlier map wins": ("{<<: [*x, *y]}", {"a": 7, "b": 8, "d": 5}),
    "in the order of the list": ("{<<: [*y, *x]}", {"b": 6, "d": 5, "a": 7}),
    "a map written out": ("{<<: {z: 1}, a: 2}", {"z": 1, "a": 2}),
    "an empty list": ("{<<: [], a: 2}", {"a": 2}),
    "of what is merged itself": ("{<<: *z}", {"a": 7, "b": 8, "e": 9}),
    "quoted it is a key": ("{'<<': 1}", {"<<": 1}),
}


@pytest.mark.parametrize(("text", "expected"), MERGES.values(), ids=MERGES)
def test_merge(text: str, expected: dict[str, object]) -> None:
    head = "x: &x {a: 7, b: 8}\ny: &y {b: 6, d: 5}\nz: &z {<<: *x, e: 9}\n"
    node = good(f"{head}m: {text}\n")
    assert isinstance(node, Mapping)
    merged = plain_data(node.get("m") or node)
    assert isinstance(merged, dict)
    assert list(merged.items()) == list(expected.items())


def test_key_at_fault_leaves_the_others() -> None:
    node, report = read("{a: 1, [b]: 2, '${{ c }}': 3, c: 3, a: 4, true: 5}")
    assert [diagnostic.code for diagnostic in report] == ["yaml-key", "expression-in-key", "duplicate-key", "yaml-key"]
    assert node is not None and plain_data(node) == {"a": 1, "c": 3}


def test_unquoted_expressions_are_told_together_with_what_else_is_wrong() -> None:
    text = "a: [${{ x }}, {b: ${{ y }}}]\nc: ${{ z }}: w\nd: 1\nd: 2\ne: {{ f }}\n"
    node, report = read(text)
    assert [d.code for d in report] == ["unquoted-expression"] * 3 + ["duplicate-key", "unquoted-expression"]
    assert node is not None
    assert plain_data(node) == {"a": ["a gap", {"b": "a gap"}], "c": "a gap", "d": 1, "e": "a gap"}


def test_very_many_unquoted_expressions_end() -> None:
    root, report = read("".join(f"k{n}: [${{{{ x }}}}]\n" for n in range(100)))
    assert root is None
    assert [diagnostic.code for diagnostic in report] == ["unquoted-expression"] * 21


# Limits -----------------------------------------------------------------------------------------------------------

DEEP = {
    "brackets": "[" * 1_000_000,
    "braces": "{a: " * 300_000,
    "dashes": "- " * 1_000_000,
    "questions": "? " * 1_000_000,
    "indent": "".join(" " * depth + "a:\n" for depth in range(2000)),
    "mixed": "[{a: " * 300_000,
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_depth_is_bounded(text: str) -> None:
    assert codes(text) == ["yaml-depth"]


def test_depth_of_a_hundred_is_taken() -> None:
    assert good("[" * 100 + "]" * 100)
    assert codes("[" * 101 + "]" * 101) == ["yaml-depth"]


def test_aliases_are_bounded_in_depth() -> None:
    chain = "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 1000))
    assert codes(f"a0: &a0 [x]\n{chain}") == ["yaml-depth"]


def test_merges_are_bounded_in_number() -> None:
    wide = ", ".join(f"k{n}: {n}" for n in range(1000))
    merges = "".join(f"m{n}: {{<<: *wide}}\n" for n in range(1000))
    assert codes(f"x: &wide {{{wide}}}\n{merges}") == ["yaml-alias-bomb"]


def test_three_thousand_steps_that_share_their_defaults_are_taken() -> None:
    shared = "x: &x {" + ", ".join(f"k{n}: [a, b]" for n in range(20)) + "}\n"
    assert good(shared + "steps:\n" + "".join(f"  s{n}: {{<<: *x, type: fail}}\n" for n in range(3000)))


LONG = {
    "one text": 'a: "' + "x" * 3_000_000 + '"',
    "unclosed": 'a: "' + "x" * 3_000_000,
    "no end of a line": "#" * 3_000_000,
    "carriage returns": "\r" * 1_000_000 + "a: [",
    "expressions": "a: " + "${{ b.c }} " * 50_000,
    "openings": "a: '" + "${{ " * 100_000 + "'",
    "fault at the end of a long line": "a: [" + "b, " * 100_000 + "${{ x }}]",
    "tabs": "a:\n" + "\t" * 500_000,
    "colons": "a" + ":" * 1_000_000 + " b: c",
    "entry behind a long word": "a: {b: " + "x" * 500_000 + " c: d}",
    "quotes": "a: " + "'' " * 200_000,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_long_texts_end(text: str) -> None:
    """Nothing here is quadratic: each of these would run for minutes if it were."""
    root, report = read(text)
    assert root is not None or len(report)
    assert len(render(report, "human")) < 2000 * (1 + len(report))
