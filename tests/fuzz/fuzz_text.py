"""Texts of every kind through the whole compiler: a definition or diagnostics, never a traceback, twice the same.

    python tests/fuzz/fuzz_text.py --seconds 20 [--seed 7]

Half of the texts are real documents with a few edits. A text that fails is shrunk and shown.
"""

from __future__ import annotations

import argparse
import re
import time
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from compiler import compile_text
from compiler.diagnostics.render import FORMATS, render

ROOT = Path(__file__).parents[2]
BATCH = 100
WORD = re.compile(r"[\w./-]+")
FRAGMENTS = [
    *"ab01:-?[]{},#&*!|>'\"%@`\\~. \t\r\n", "\n  ", "\n    ", "\n- ", ": ", " #", "${{", "}}", "${{ parameters.X }}",
    "$${{", "${{ steps.train.outputs.x }}", "${{ target.name }}", "${{ variables.a }}", "${{ item }}", "train:model",
    "s3://b/k", "<<: *a", "&a ", "*a", "!!str ", "---\n", "null", "true", "010", "1e400", "-1", "7d", "é", "😀", "\x00",
    "\ud800", "steps:\n", "parameters:\n", "targets:\n", "defaults:\n", "raw:\n", "matrix: {a: [1, 2]}\n",
    "type: training\n", "type: condition\n", "if: {value: 1, eq: 1}\n", "then: {}\n", "after: [train]\n",
    "{Get: Parameters.X}", "extends: base.yaml\n", "# sagepipe: allow x\n",
]


@dataclass(slots=True)
class Tally:
    """What was seen."""

    texts: int = 0
    compiled: int = 0
    slowest: float = 0.0


def documents() -> list[tuple[Path, str]]:
    """The documents that are edited: every pipeline and every test case, and where they stand."""
    files = [*ROOT.glob("pipelines/**/*.yaml"), *ROOT.glob("tests/cases/**/*.yaml")]
    texts = [(file, file.read_bytes().decode(errors="replace")) for file in sorted(files)]
    return [(file, text) for file, text in texts if len(text) < 20_000] or [(ROOT / "x.yaml", "version: 1\n")]


@st.composite
def edited(draw: st.DrawFn, originals: list[tuple[Path, str]]) -> tuple[Path, str]:
    """A document with a few words swapped for others of its own, and slices for fragments or other slices."""
    path, text = draw(st.sampled_from(originals))
    for _ in range(draw(st.integers(0, 3))):
        words = [match.span() for match in WORD.finditer(text)]
        swap = draw(st.integers(0, 3))
        if words and swap:
            start, end = draw(st.sampled_from(words))
            begin, finish = draw(st.sampled_from(words))
            new = text[begin:finish]
        else:
            start = draw(st.integers(0, len(text)))
            end = min(len(text), start + draw(st.integers(0, 20)))
            new = draw(st.sampled_from(FRAGMENTS))
        text = text[:start] + new + text[end:]
    return path, text


def batch(number: int, end: float, tally: Tally) -> None:
    """Try some texts; raises with the shrunk text at the first that fails."""
    invented = st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join) | st.text(max_size=80)
    texts = edited(documents()) | st.tuples(st.just(ROOT / "x.yaml"), invented)

    @seed(number)
    @settings(max_examples=BATCH, database=None, deadline=None, phases=[Phase.generate, Phase.shrink],
              suppress_health_check=list(HealthCheck))
    @given(texts)
    def compiles_or_says_why(given: tuple[Path, str]) -> None:
        if time.monotonic() < end:
            try_one(*given, tally)

    compiles_or_says_why()


def try_one(path: Path, text: str, tally: Tally) -> None:
    """The promise itself."""
    begin = time.monotonic()
    first, second = compile_text(text, path=path), compile_text(text, path=path)
    assert (first.definition is None) == bool(first.report.errors), "a definition or errors, not both, not neither"
    assert first.definition == second.definition
    for format in FORMATS:
        shown = render(first.report, format)
        assert shown == render(second.report, format)
        shown.encode()
    tally.texts += 1
    tally.compiled += first.definition is not None
    tally.slowest = max(tally.slowest, time.monotonic() - begin)


def main() -> None:
    """Run batch after batch until the time is up."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    end, number, tally = time.monotonic() + options.seconds, options.seed, Tally()
    while time.monotonic() < end:
        batch(number, end, tally)
        number += 1
    print(f"{tally.texts} texts, {tally.compiled} of them compiled, the slowest in {tally.slowest:.2f} s")


if __name__ == "__main__":
    main()
