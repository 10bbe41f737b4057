"""No noise: random pipelines, upserted, show no change; nor does a definition that is spelt otherwise."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loopback import Endpoint
from random_documents import documents, yaml_text

from compiler.deploy.bundle import bundle
from compiler.deploy.session import Session
from compiler.deploy.upsert import Job, fresh_plan, upsert
from compiler.diff import compare
from compiler.driver import compile_text

HERE = Path(__file__).parents[1] / "properties/random.pipeline.yaml"
pytestmark = pytest.mark.property


@pytest.fixture
def session(aws: Endpoint) -> Session:
    return Session("us-east-1")


@settings(max_examples=200, suppress_health_check=[*HealthCheck])
@given(document=documents())
def test_upsert_then_plan_shows_no_change(aws: Endpoint, session: Session, document: dict[str, Any]) -> None:
    aws.reset()
    aws.account.buckets = ["some-bucket", "other-bucket"]
    made = bundle(compile_text(yaml_text(document), path=HERE))
    sight, plan = fresh_plan(session, made)
    assert plan.action == "create"
    upsert(Job(session, made, sight, plan, lambda _: None))
    assert fresh_plan(session, made)[1].action == "none"


@given(documents(), st.randoms(use_true_random=False))
def test_spelling_is_no_change(document: dict[str, Any], chance: random.Random) -> None:
    definition = compile_text(yaml_text(document), path=HERE).definition
    assert definition is not None
    assert compare(respelt(definition, chance), definition) == ()


def respelt(value: Any, chance: random.Random) -> Any:
    """The same in another spelling: keys in another order, whole numbers as floats, empty members added."""
    match value:
        case dict():
            items = [(k, respelt(v, chance)) for k, v in value.items()]
            chance.shuffle(items)
            return dict(items)
        case list():
            return [respelt(v, chance) for v in value]
        case int() if not isinstance(value, bool) and chance.random() < 0.5:
            return float(value)
        case _:
            return json.loads(json.dumps(value))
