"""Where two definitions differ, as lines a person can read."""

import json
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

JSON = Any
ABSENT = object()


def differences(ours: JSON, theirs: JSON, path: str = "") -> Iterator[str]:
    """One block of text for each place in which the two values differ: its path, our value, theirs."""
    match ours, theirs:
        case dict(), dict():
            for key in dict.fromkeys([*ours, *theirs]):
                yield from differences(ours.get(key, ABSENT), theirs.get(key, ABSENT), f"{path}.{key}" if path else key)
        case list(), list() if names(ours) and names(theirs) and names(ours) != names(theirs):
            yield f"{path} (which, in which order)\n    ours:   {names(ours)}\n    theirs: {names(theirs)}"
            named = dict(zip(names(theirs), theirs, strict=True))
            for name, value in zip(names(ours), ours, strict=True):
                yield from differences(value, named.get(name, value), f"{path}[{name}]")
        case list(), list():
            for index, (left, right) in enumerate(zip_longest(ours, theirs, fillvalue=ABSENT)):
                yield from differences(left, right, f"{path}[{label(left, right, index)}]")
        case _ if ours is ABSENT or theirs is ABSENT or not same(ours, theirs):
            yield f"{path}\n    ours:   {shown(ours)}\n    theirs: {shown(theirs)}"


def same(left: JSON, right: JSON) -> bool:
    """Equal as JSON values: 1 and 1.0 are, 1 and true are not."""
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


def names(items: list[JSON]) -> list[str]:
    """The names of what stands in a list of named things, such as steps and parameters; none if it is another list."""
    found = [item.get("Name") for item in items if isinstance(item, dict)]
    return [name for name in found if isinstance(name, str)] if len(found) == len(items) and all(found) else []


def label(left: JSON, right: JSON, index: int) -> str:
    """The list position, with the name of what stands there if it has one."""
    found = [value.get("Name", value.get("ChannelName")) for value in (left, right) if isinstance(value, dict)]
    return f"{index}:{found[0]}" if found and found[0] else str(index)


def shown(value: JSON) -> str:
    return "(absent)" if value is ABSENT else json.dumps(value)
