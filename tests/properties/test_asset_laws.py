"""Archives of folders: the same bytes for the same content, whatever the clock, the modes and what lies beside it."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from compiler.assets import Asset, AssetFault, Project, Store

pytestmark = pytest.mark.property
PARTS = st.text(st.sampled_from("abcXYZ019_- é한"), min_size=1, max_size=6).filter(lambda t: t.strip() == t)
PATHS = st.lists(PARTS, min_size=1, max_size=3).map("/".join)
CONTENTS = st.binary(max_size=200) | st.sampled_from((b"", b"\0" * 70_000, b"x" * 65_535))
Tree = Mapping[str, bytes]


def sound(tree: Tree) -> bool:
    """No file is also a folder, and no two names meet on a file system that ignores case."""
    names = [name.lower() for name in tree]
    return len(set(names)) == len(names) and not any(a != b and b.startswith(a + "/") for a in names for b in names)


TREES = st.dictionaries(PATHS, CONTENTS, min_size=1, max_size=5).filter(sound)


def write(root: Path, tree: Tree) -> None:
    for name, content in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def packed(root: Path, tree: Tree) -> Asset:
    """The archive of the folder `root/code`."""
    found = Store(Project(root, root)).archive("code", next(iter(tree)))
    assert not isinstance(found, AssetFault), found
    return found


def archive(tree: Tree) -> Asset:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(os.path.realpath(folder))
        write(root / "code", tree)
        return packed(root, tree)


@given(TREES, st.integers(0, 2**31), st.sampled_from((0o600, 0o644, 0o755)))
def test_times_modes_and_what_is_left_out_do_not_matter(tree: Tree, time: int, mode: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(os.path.realpath(folder))
        write(root / "code", tree)
        before = packed(root, tree)
        for name in tree:
            os.utime(root / "code" / name, (time, time))
            (root / "code" / name).chmod(mode)
        somewhere = Path(next(iter(tree))).parent
        litter = {"__pycache__/m.cpython-311.pyc": b"1", ".hidden": b"2", ".git/config": b"3", "old.pyc": b"4"}
        write(root / "code" / somewhere, litter)
        after = packed(root, tree)
    assert after == before and after.content == before.content


@given(TREES, TREES)
def test_the_order_of_writing_and_the_place_do_not_matter(tree: Tree, other: Tree) -> None:
    again = archive(dict(reversed(tree.items())))
    entry = archive(tree)
    assert again.content == entry.content and again.sha256 == entry.sha256


@given(TREES, CONTENTS, st.data())
def test_another_content_or_name_has_another_hash(tree: Tree, content: bytes, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(tree)))
    assume(content != tree[name])
    changed = {**tree, name: content}
    renamed = {(n + "q" if n == name else n): c for n, c in tree.items()}
    added = {**tree, name + "z": b""}
    assume(sound(renamed) and sound(added))
    hashes = [archive(t).sha256 for t in (tree, changed, renamed, added)]
    assert len(set(hashes)) == 4


@given(TREES)
def test_the_standard_library_reads_it(tree: Tree) -> None:
    asset = archive(tree)
    uncompressed = gzip.decompress(asset.content)
    with tarfile.open(fileobj=io.BytesIO(uncompressed)) as tar:
        found = {m.name: (tar.extractfile(m) or io.BytesIO()).read() for m in tar.getmembers()}
        assert all(m.isfile() and m.mtime == 0 and m.uid == m.gid == 0 for m in tar.getmembers())
    assert found == dict(tree)
    assert list(found) == sorted(found)


@given(st.binary(max_size=300) | st.integers(0, 200_000).map(bytes))
def test_one_file_is_itself(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(os.path.realpath(folder))
        write(root, {"a.bin": content})
        store = Store(Project(root, root))
        found, alone = store.file("a.bin"), store.archive("a.bin")
    assert isinstance(found, Asset) and found.content == content and found.digest == found.sha256
    assert isinstance(alone, Asset)
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(alone.content))) as tar:
        assert tar.getnames() == ["a.bin"]
