"""Frozen records that are cheap to make."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """A slotted dataclass, hashable, frozen for the type checker alone.

    A document has tens of thousands of nodes, and what Python does to freeze one costs five times as much as the node.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
