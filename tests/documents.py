"""The documents and the blocks of code in them.

A comment right above a block says what the block is, several things with ` | ` between:

    <!-- steps -->          YAML: entries of `steps`, put into a pipeline that has the steps and parameters of FRAME
    <!-- top -->            YAML: keys of a document; `version`, `pipeline` and `steps` are added where they are missing
    <!-- faulty: CODE -->   the same as `steps`, but at fault: exactly one fault, of that code
    <!-- gives: POINTER --> JSON: what the last compiled block gives at that JSON pointer
    <!-- shown -->          not checked: a file for another program
    <!-- from: FILE -->     lines that stand in that file
    <!-- file: PATH -->     a file of the scratch folder that `console` blocks run in
    <!-- edit: OLD => NEW -->   console: run with that changed in the pipeline in the scratch folder; ` ;; ` for more,
                            a backslash and an n for the end of a line
    <!-- change: OLD => NEW --> the same, and it stays changed
    <!-- execution: NAME -->    console: what is started goes as FUTURES of `test_docs_console` has it
    <!-- refused: NAME -->      console: AWS refuses a call, as REFUSALS of `test_docs_console` has it

YAML that begins with `version:` is a whole pipeline. Nothing may be said of a block, warnings included. `console` and
`pycon` blocks run in a scratch folder, one after the other, against the endpoint of `tests/deploy` in place of AWS.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "REFERENCE.md")
DOCUMENTS = (
    *PAGES, "README.ko.md", "CHANGELOG.md", "CONTRIBUTING.md", "compiler/ARCHITECTURE.md", "schemas/README.md",
    "step_code/README.md",
)  # fmt: skip
BLOCK = re.compile(r"(?:^<!-- ([^\n]+?) -->\n)?^(`{3,})(\w+)\n(.*?)^\2$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


class Block(NamedTuple):
    """A block of code: what the comment above it says, its language, its text, and the line it begins on."""

    page: str
    said: str
    language: str
    text: str
    line: int

    @property
    def name(self) -> str:
        return f"{self.page}:{self.line}"

    def told(self, word: str) -> str:
        """What the comment says after `word:`, "" where it says something else."""
        parts = self.said.split(" | ")
        return next((part.removeprefix(f"{word}: ") for part in parts if part.startswith(f"{word}: ")), "")


def blocks(page: str) -> Iterator[Block]:
    text = (ROOT / page).read_text("utf-8")
    for found in BLOCK.finditer(text):
        yield Block(page, found[1] or "", found[3], found[4], text.count("\n", 0, found.start(4)) + 1)


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def anchors(text: str) -> list[str]:
    prose = BLOCK.sub("", text)
    found: list[str] = []
    for heading in _HEADING.findall(prose):
        name = slug(heading)
        same = [a for a in found if a == name or re.fullmatch(rf"{re.escape(name)}-\d+", a)]
        found.append(f"{name}-{len(same)}" if same else name)
    return found
