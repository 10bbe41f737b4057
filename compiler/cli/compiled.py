"""One pipeline file compiled for a verb that goes on from there."""

from __future__ import annotations

from compiler.cli.run import Run
from compiler.diagnostics import Report
from compiler.driver import Options, Result, compile_source


def compiled(file: str, options: Options) -> Result:
    """The result of a file without faults. Ends the process where it has some, all of them told."""
    run, found = Run.of([file], options, False, "human", None), Report()
    item = run.given[0]
    result = compile_source(item.read(found), found, options, item.path)
    run.settle([result.report], data_follows=True)
    return result
