"""The diagnostics of one run, in source order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.diagnostics.diagnostic import Diagnostic, Place
from compiler.text import Span


class Report:
    """Gathers diagnostics. A fault reported twice in the same words at the same place is kept once."""

    def __init__(self, diagnostics: Iterable[Diagnostic] = ()) -> None:
        self._found: dict[Diagnostic, None] = dict.fromkeys(diagnostics)

    def add(
        self,
        code: str,
        message: str,
        span: Span | None,
        *,
        label: str = "",
        hint: str = "",
        notes: tuple[str, ...] = (),
        places: tuple[Place, ...] = (),
        path: str = "",
    ) -> None:
        """Report a fault; `code` must be declared in the table of codes."""
        diagnostic = Diagnostic.of(
            code, message, span, label=label, hint=hint, notes=notes, places=places, path=path
        )
        self._found.setdefault(diagnostic)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Report all of `diagnostics`."""
        for diagnostic in diagnostics:
            self._found.setdefault(diagnostic)

    def keep(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Forget all but `diagnostics`."""
        self._found = dict.fromkeys(diagnostics)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(sorted(self._found, key=lambda d: d.sort_key))

    def __len__(self) -> int:
        return len(self._found)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(d for d in self if d.severity == "error")

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        return tuple(d for d in self if d.severity == "warning")

    @property
    def ok(self) -> bool:
        """No error was reported; warnings do not count."""
        return all(d.severity != "error" for d in self._found)
