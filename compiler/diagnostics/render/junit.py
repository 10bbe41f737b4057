"""JUnit XML, as CI servers read it: a suite a file, a failed case an error, a passed case for a file without one."""

from __future__ import annotations

from xml.etree import ElementTree

from compiler.diagnostics.diagnostic import Diagnostic
from compiler.diagnostics.render.human import Human
from compiler.diagnostics.render.screen import visible


def render(diagnostics: list[Diagnostic], checked: tuple[str, ...], width: int) -> str:
    """The document. `checked` are the files that were looked at, in order; others that have faults follow them."""
    by_path: dict[str, list[Diagnostic]] = {path: [] for path in checked}
    for diagnostic in diagnostics:
        by_path.setdefault(diagnostic.path, []).append(diagnostic)
    root = ElementTree.Element("testsuites", name="sagepipe")
    human = Human(False, width)
    human.hide(diagnostics)
    for path, found in by_path.items():
        root.append(_suite(path, found, human))
    _count(root)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _suite(path: str, found: list[Diagnostic], human: Human) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", name=visible(path))
    for diagnostic in found:
        suite.append(_case(diagnostic, human))
    if all(diagnostic.severity != "error" for diagnostic in found):
        suite.append(ElementTree.Element("testcase", classname=visible(path), name="valid"))
    _count(suite)
    return suite


def _case(diagnostic: Diagnostic, human: Human) -> ElementTree.Element:
    line, column = diagnostic.span.position if diagnostic.span else (1, 1)
    path = visible(diagnostic.path)
    case = ElementTree.Element("testcase", classname=path, name=f"{diagnostic.code} at {line}:{column}")
    text = human.one(diagnostic)
    if diagnostic.severity == "error":
        failure = ElementTree.SubElement(case, "failure", message=visible(diagnostic.message), type=diagnostic.code)
        failure.text = text
    else:
        ElementTree.SubElement(case, "system-out").text = text
    return case


def _count(element: ElementTree.Element) -> None:
    element.set("tests", str(len(element.findall(".//testcase"))))
    element.set("failures", str(len(element.findall(".//failure"))))
    element.set("errors", "0")
