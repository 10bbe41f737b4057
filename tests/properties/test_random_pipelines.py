"""A valid document compiles, and everything in its definition that names something names something that is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from definition_requests import check_requests
from definition_rules import check_definition
from hypothesis import given, note
from hypothesis import strategies as st
from random_documents import documents, yaml_text

from compiler.diagnostics.render import render
from compiler.driver import compile_text

pytestmark = pytest.mark.property
HERE = Path(__file__).parent / "random.pipeline.yaml"
TARGETS = st.sampled_from((None, "prod"))


@given(documents(), TARGETS)
def test_a_valid_document_compiles_and_its_references_resolve(document: dict[str, Any], target: str | None) -> None:
    text = yaml_text(document)
    note(text)
    result = compile_text(text, path=HERE, target=target if "targets" in document else None)
    assert result.definition is not None, render(result.report, "plain")
    check_definition(result.definition)
    check_requests(result.definition)
