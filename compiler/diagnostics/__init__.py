"""What is wrong with a text, said well: the record, the report, the table of codes and the renderers."""

from compiler.diagnostics.allow import Allowance, allow, strict
from compiler.diagnostics.codes import CODES, Code, Severity
from compiler.diagnostics.diagnostic import Diagnostic, Place
from compiler.diagnostics.report import Report

__all__ = ["CODES", "Allowance", "Code", "Diagnostic", "Place", "Report", "Severity", "allow", "strict"]
