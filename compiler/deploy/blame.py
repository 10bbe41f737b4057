"""A refusal of the definition by the service, traced to the line of the YAML that it speaks of."""

from __future__ import annotations

import re

from compiler.deploy.bundle import Bundle
from compiler.deploy.faults import AwsFault
from compiler.diff import flatten

WORD = re.compile(r"[A-Za-z0-9_-]+")


def blamed(fault: AwsFault, bundle: Bundle) -> AwsFault:
    """The fault with the place it speaks of: a step it names, and the member of it; or a member that stands once."""
    if fault.answer != "ValidationException":
        return fault
    pointer = _pointer(WORD.findall(fault.message), bundle)
    place = bundle.places.get(pointer)
    if not place:
        return fault
    return fault.with_notes(f"this seems to be about {place['file']}:{place['line']}:{place['column']}")


def _pointer(words: list[str], bundle: Bundle) -> str:
    named = [step.pointer for name, step in flatten(bundle.definition).items() if name in words]
    members = [p for p in bundle.places if p.rpartition("/")[2] in words and not p.rpartition("/")[2].isdigit()]
    if len(named) == 1:
        within = [p for p in members if p.startswith(f"{named[0]}/")]
        return min(within, key=len) if within else named[0]
    parameters = [
        f"/Parameters/{n}" for n, p in enumerate(bundle.definition.get("Parameters", [])) if p["Name"] in words
    ]
    found = parameters if not named and len(parameters) == 1 else members if not named and len(members) == 1 else []
    return found[0] if found else ""
