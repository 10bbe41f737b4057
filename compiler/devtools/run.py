"""What `refresh` and `check` do with the generators they are given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from compiler.devtools.generators import Generator
from compiler.devtools.sources import newest, stamped

_SHOWN = 160  # characters of a differing line


def refresh(generators: Sequence[Generator]) -> Iterator[str]:
    """Writes the files from the newest versions; yields one line a file: what was done, and from what."""
    stamps = newest(sorted({stamp: None for generator in generators for stamp in generator.stamps}))
    for generator in generators:
        made = generator.produce(stamps)
        kept = generator.file.is_file() and generator.file.read_bytes() == made
        if not kept:
            generator.file.write_bytes(made)
        sources = ", ".join(f"{stamp} {stamps[stamp]}" for stamp in generator.stamps)
        yield f"{'unchanged' if kept else 'written'}: {generator.path}{f' ({sources})' if sources else ''}"


def check(generator: Generator) -> list[str]:
    """What is wrong with one committed file, for people to read; empty when it is what the generator makes."""
    if not generator.file.is_file():
        return [f"{generator.path}: is missing; `python -m compiler.devtools refresh` makes it"]
    stamps = stamped(generator.file) if generator.stamps else {}
    if sorted(stamps) != sorted(generator.stamps):
        return [f"{generator.path}: does not say which versions it was made from (`made_from`)"]
    made, committed = generator.produce(stamps), generator.file.read_bytes()
    return [] if made == committed else [_first_difference(generator.path, committed, made)]


def _first_difference(path: str, committed: bytes, made: bytes) -> str:
    lines = zip_longest(committed.splitlines(keepends=True), made.splitlines(keepends=True), fillvalue=b"")
    number, (is_there, belongs) = next((n, pair) for n, pair in enumerate(lines, 1) if pair[0] != pair[1])
    return (
        f"{path}:{number}: differs from what the generator makes\n"
        f"  there: {_shown(is_there, belongs)}\n"
        f"  made:  {_shown(belongs, is_there)}\n"
        "  `python -m compiler.devtools refresh` makes it anew; a generated file is never edited"
    )


def _shown(line: bytes, other: bytes) -> str:
    """The part of a line where it begins to differ from the other."""
    same = next((at for at, pair in enumerate(zip(line, other, strict=False)) if pair[0] != pair[1]), 0)
    start = max(0, same - _SHOWN // 4)
    text = line[start : start + _SHOWN].decode("utf-8", "replace").rstrip("\r\n")
    return f"{'…' if start else ''}{text}" if line else "(no such line)"
