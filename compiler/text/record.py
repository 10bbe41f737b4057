"""Frozen records that are cheap: to define, since every start of the command defines them, and to make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")

_UNSET: Any = object()


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """A slotted dataclass, hashable, frozen for the type checker alone; `dataclasses.replace` and `match` know it.

    What Python does to freeze a dataclass makes an instance cost five times as much, and a document has tens of
    thousands of them. Its own methods are compiled one by one, at half a millisecond a class; here only `__init__` is.
    """
    made = mutable(cls)
    every = fields(made)  # type: ignore[arg-type]
    key = _getter([f.name for f in every if f.compare])
    shown = [f.name for f in every if f.repr]

    def __eq__(self: Any, other: object) -> Any:
        return key(self) == key(other) if other.__class__ is made else NotImplemented

    def __hash__(self: Any) -> int:
        return hash(key(self))

    def __repr__(self: Any) -> str:
        return f"{made.__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    for method in (__eq__, __hash__, __repr__):
        setattr(made, method.__name__, method)
    return made


@dataclass_transform(field_specifiers=(field,))
def mutable(cls: type[T]) -> type[T]:
    """A slotted dataclass that changes, compared by identity, as cheap to define as a record."""
    cls.__doc__ = cls.__doc__ or cls.__name__  # else dataclass asks inspect for a signature
    made = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    setattr(made, "__init__", _initializer(fields(made)))  # type: ignore[arg-type]  # noqa: B010
    return made


def _getter(names: list[str]) -> Callable[[Any], Any]:
    return attrgetter(*names) if names else lambda _: ()


def _initializer(every: tuple[Field[Any], ...]) -> Callable[..., None]:
    """`__init__`, compiled: the only method that is called often enough."""
    given = [f"{f.name}=_{f.name}" if _has_default(f) else f.name for f in every]
    scope = {f"_{f.name}": f.default if f.default is not MISSING else _UNSET for f in every if _has_default(f)}
    body = [f" self.{f.name}={f.name}" for f in every]
    for f in every:
        if f.default_factory is not MISSING:
            scope[f"_make_{f.name}"] = f.default_factory
            body.append(f" if {f.name} is _{f.name}: self.{f.name}=_make_{f.name}()")
    exec(f"def __init__(self,{','.join(given)}):\n" + "\n".join(body or [" pass"]), scope)
    initializer: Callable[..., None] = scope["__init__"]
    return initializer


def _has_default(f: Field[Any]) -> bool:
    return f.default is not MISSING or f.default_factory is not MISSING
