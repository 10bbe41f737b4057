"""Definition against definition: what changed, by name and path. Works on any definition, whoever made it."""

from compiler.diff.changes import Change, compare
from compiler.diff.steps import StepAt, flatten

__all__ = ["Change", "StepAt", "compare", "flatten"]
