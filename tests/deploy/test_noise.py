"""No noise: what was just upserted shows no change, however the service spells it; and a change does show.

The live side comes over HTTP, with the liberties a service may take: see `liberties`.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from liberties import changed, given_back
from loopback import Endpoint
from random_documents import documents, yaml_text
from small import ROOT, Sagepipe

from compiler.deploy.bundle import bundle
from compiler.deploy.session import Session
from compiler.deploy.upsert import Job, fresh_plan, upsert
from compiler.diff import compare
from compiler.diff.values import same
from compiler.driver import compile_text

HERE = Path(__file__).parents[1] / "properties/random.pipeline.yaml"
PIPELINES = sorted((ROOT / "pipelines").glob("*.pipeline.yaml"))
WANTED = 200


def test_random_pipelines_show_no_change(aws: Endpoint) -> None:
    """Upsert, then plan, over HTTP: as the definition was sent, and as the service may give it back."""
    session, seen = Session("us-east-1"), set[str]()

    @settings(max_examples=5 * WANTED, suppress_health_check=[*HealthCheck])
    @given(document=documents())
    def shows_no_change(document: dict[str, Any]) -> None:
        text = yaml_text(document)
        if text in seen or len(seen) == WANTED:
            return
        seen.add(text)
        aws.reset()
        aws.account.buckets = ["some-bucket", "other-bucket"]
        made = bundle(compile_text(text, path=HERE))
        sight, plan = fresh_plan(session, made)
        assert plan.action == "create"
        upsert(Job(session, made, sight, plan, lambda _: None))
        assert fresh_plan(session, made)[1].action == "none"
        (version,) = aws.account.pipelines[made.name].versions
        version.definition = given_back(made.definition, random.Random(len(seen)))
        again = fresh_plan(session, made)[1]
        assert (again.action, again.changes) == ("none", ())

    shows_no_change()
    assert len(seen) == WANTED
    assert aws.invalid == []


@pytest.mark.property
@given(document=documents(), chance=st.randoms(use_true_random=False))
def test_a_change_shows(document: dict[str, Any], chance: random.Random) -> None:
    """Whatever is changed in a step is told, also when the service spells the rest otherwise."""
    definition = compile_text(yaml_text(document), path=HERE).definition
    assert definition is not None
    other = changed(definition, chance)
    assert other is None or compare(json.loads(given_back(other, chance)), definition) != ()


@pytest.mark.parametrize("file", PIPELINES, ids=[file.name.partition(".")[0] for file in PIPELINES])
def test_the_pipelines_show_no_change(aws: Endpoint, run: Sagepipe, file: Path) -> None:
    aws.account.buckets = ["ml-dev-111122223333", "ml-prod-444455556666"]
    assert run("upsert", file, "--yes").exit_code == 0
    (version,) = next(iter(aws.account.pipelines.values())).versions
    sent = json.loads(version.definition)
    for seed in range(10):
        version.definition = given_back(sent, random.Random(seed))
        planned = run("plan", file)
        assert planned.exit_code == 0 and "No change" in planned.stdout, planned.stdout
    aws.calls.clear()
    assert run("upsert", file, "--yes").exit_code == 0 and aws.writes == []


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ({"A": "x", "CompressionType": "None"}, {"A": "x"}, "Environment"),
        ({"A": "x", "On": ""}, {"A": "x"}, "HyperParameters"),
        ({"Tags": ["a", "b"]}, {"Tags": ["b", "a"]}, "Metadata"),
    ],
)
def test_what_is_the_authors_is_compared_to_the_letter(before: Any, after: Any, key: str) -> None:
    assert not same(before, after, key)
    assert same(before, dict(reversed(before.items())), key)


def test_arguments_of_a_function_are_compared_to_the_letter() -> None:
    def calling(**arguments: Any) -> dict[str, Any]:
        step = {"Name": "f", "Type": "Lambda", "FunctionArn": "arn", "Arguments": arguments}
        return {"Version": "2020-12-01", "Steps": [step]}

    assert [c.path for c in compare(calling(items=[]), calling())] == ["Arguments.items"]
    assert [c.path for c in compare(calling(SplitType="None"), calling())] == ["Arguments.SplitType"]
    assert compare(calling(n=1, m=2.0), calling(m=2, n=1.0)) == ()


def test_a_default_that_the_service_names_in_two_ways() -> None:
    plain = {"S3OutputPath": "s3://b", "KmsKeyId": ""}
    assert same({**plain, "CompressionType": "GZIP"}, plain)
    assert not same({**plain, "CompressionType": "NONE"}, plain)
