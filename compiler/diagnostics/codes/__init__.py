"""The table of codes. A code is stable for ever; its severity, summary and help stand in one of these tables."""

from __future__ import annotations

from compiler.diagnostics.codes.aws import AWS
from compiler.diagnostics.codes.code import Code, Severity
from compiler.diagnostics.codes.cost import COST
from compiler.diagnostics.codes.expression import EXPRESSION
from compiler.diagnostics.codes.names import NAMES
from compiler.diagnostics.codes.order import ORDER
from compiler.diagnostics.codes.reference import REFERENCE
from compiler.diagnostics.codes.service import SERVICE
from compiler.diagnostics.codes.structure import STRUCTURE
from compiler.diagnostics.codes.text import TEXT
from compiler.diagnostics.codes.types import TYPES

TABLES = (TEXT, EXPRESSION, STRUCTURE, REFERENCE, TYPES, SERVICE, ORDER, NAMES, COST, AWS)

CODES: dict[str, Code] = {name: code for table in TABLES for name, code in table.items()}

__all__ = ["CODES", "TABLES", "Code", "Severity"]
