"""`compile --emit`: CloudFormation that is clean to cfn-lint, Terraform that parses; both say what an upsert sends."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import hcl2
import pytest
import yaml
from cfnlint.api import lint
from cfnlint.config import ManualArgs
from small import ROOT, Sagepipe, edited

from compiler.emit.wrappers import quoted


def targets(file: Path) -> list[str]:
    """The targets of a file; "" alone where it has none."""
    return list((yaml.load(file.read_text(), yaml.CBaseLoader).get("targets") or {"": None}).keys())


PIPELINES = sorted((ROOT / "pipelines").glob("*.pipeline.yaml"))
TARGETS = [(file, target) for file in PIPELINES for target in targets(file)]
TRAPS = "${AWS::Region} ${var.x} %{if true} {{resolve:secretsmanager:password}} !Sub 'x' \"y\" #"
AWKWARD = "a \"b\" \\ c ${d} %{e} 'f'\n\tg: # é 😀 \x7f \x08 {{ h }}"


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms."""


Loader.add_constructor("!Ref", lambda loader, node: {"Ref": loader.construct_scalar(node)})  # type: ignore[arg-type]


def emitted(run: Sagepipe, file: Path, folder: Path, *options: str) -> tuple[dict[str, Any], str, dict[str, Any]]:
    """The CloudFormation template, judged by cfn-lint; the Terraform text; and the requests they should equal."""
    made = run("compile", file, "-o", folder, "--emit", "cloudformation", "--emit", "terraform", *options)
    assert made.exit_code == 0, made.output
    text = (folder / "sagepipe.cloudformation.yaml").read_text()
    assert [str(found) for found in lint(text, config=ManualArgs(regions=["us-east-1"]))] == []
    return (
        yaml.load(text, Loader),
        (folder / "sagepipe.tf").read_text(),
        json.loads((folder / "upsert.json").read_text()),
    )


@pytest.mark.parametrize(("file", "target"), TARGETS, ids=[f"{f.name.partition('.')[0]}-{t}" for f, t in TARGETS])
def test_wrappers_of_the_pipelines(run: Sagepipe, file: Path, target: str, tmp_path: Path) -> None:
    template, terraform, request = emitted(run, file, tmp_path / "out", *(("--target", target) if target else ()))
    assert read(properties_of(template)) == read(request["create"])
    assert ("Schedule" in template["Resources"]) == (tmp_path / "out/schedule.json").exists()
    parsed = hcl2.load(StringIO(terraform))
    kinds = [kind.strip('"') for resource in parsed["resource"] for kind in resource]
    assets = json.loads((tmp_path / "out/assets.json").read_text())["assets"]
    assert kinds.count("aws_s3_object") == len(assets) and kinds.count("aws_sagemaker_pipeline") == 1
    for source in re.findall(r'source += "\$\{path\.module\}/(.*)"', terraform):
        assert (tmp_path / "out" / source).is_file()


def properties_of(template: dict[str, Any]) -> dict[str, Any]:
    """The properties of the pipeline in a template, spelt as the API spells them."""
    found = dict(template["Resources"]["Pipeline"]["Properties"])
    definition = found.pop("PipelineDefinition")
    if "PipelineDefinitionBody" in definition:
        return {**found, "PipelineDefinition": definition["PipelineDefinitionBody"]}
    where = definition["PipelineDefinitionS3Location"]
    return {**found, "PipelineDefinitionS3Location": {"Bucket": where["Bucket"], "ObjectKey": where["Key"]}}


def read(request: dict[str, Any]) -> dict[str, Any]:
    """A request with its definition read, for two texts may hold the same JSON."""
    return {key: json.loads(value) if key == "PipelineDefinition" else value for key, value in request.items()}


def test_traps_of_either_language_in_a_definition(run: Sagepipe, pipeline: Path, tmp_path: Path) -> None:
    """Neither deployer may find anything to evaluate in what is only text."""
    edited(pipeline, "    hyperparameters: {", f"    hyperparameters: {{trap: {json.dumps(TRAPS)}, ")
    template, terraform, request = emitted(run, pipeline, tmp_path / "out")
    body = properties_of(template)["PipelineDefinition"]
    assert (
        "{{resolve:" not in body
        and "${" not in body
        and json.loads(body) == json.loads(request["create"]["PipelineDefinition"])
    )
    assert json.loads(body)["Steps"][1]["Arguments"]["HyperParameters"]["trap"] == TRAPS
    assert 'file("${path.module}/definition.json")' in terraform
    assert [found for found in re.findall(r"(?<![$%])[$%]\{(.*?)\}", terraform) if found != "path.module"] == []


def test_tags_and_a_schedule_with_parameters(run: Sagepipe, pipeline: Path, tmp_path: Path) -> None:
    schedule = '{expression: rate(1 day), timezone: Asia/Seoul, parameters: {Data: "s3://b/${x}/%{y}"}}'
    edited(pipeline, "  parallelism: 4\n", f"  parallelism: 4\n  schedule: {schedule}\n")
    edited(pipeline, "stage: dev", '"team:a+b = c": "@d/e"')
    template, terraform, request = emitted(run, pipeline, tmp_path / "out")
    assert read(properties_of(template)) == read(request["create"])
    wanted = json.loads((tmp_path / "out/schedule.json").read_text())
    assert template["Resources"]["Schedule"]["Properties"] == wanted
    made = {name.strip('"'): block for r in hcl2.load(StringIO(terraform))["resource"] for name, block in r.items()}
    target = made["aws_scheduler_schedule"]['"schedule"']["target"][0]
    (given,) = target["sagemaker_pipeline_parameters"][0]["pipeline_parameter"]
    assert given["name"] == '"Data"' and "/%%{y}" in given["value"]
    assert '"team:a+b = c" = "@d/e"\n' in terraform


def test_awkward_text(run: Sagepipe, pipeline: Path, tmp_path: Path) -> None:
    edited(pipeline, "description: A small pipeline.", f"description: {quoted(AWKWARD)}")
    template, terraform, _ = emitted(run, pipeline, tmp_path / "out")
    properties = template["Resources"]["Pipeline"]["Properties"]
    assert properties["PipelineDescription"] == AWKWARD
    assert hcl2.load(StringIO(terraform))["resource"]
    line = next(line for line in terraform.splitlines() if "pipeline_description" in line)
    assert "$${d} %%{e}" in line and "\\u0008" in line and "\\u007f" in line


def test_large_definition_is_named_not_inlined(
    run: Sagepipe, pipeline: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setattr(sys.modules["compiler.emit.outputs"], "INLINE_LIMIT", 100)
    template, terraform, request = emitted(run, pipeline, tmp_path / "out")
    where = request["create"]["PipelineDefinitionS3Location"]
    named = template["Resources"]["Pipeline"]["Properties"]["PipelineDefinition"]["PipelineDefinitionS3Location"]
    assert named == {"Bucket": where["Bucket"], "Key": where["ObjectKey"]}
    assert "pipeline_definition_s3_location" in terraform and hcl2.load(StringIO(terraform))["resource"]


def test_a_wrapper_needs_a_folder_and_goes_when_it_is_no_longer_asked_for(
    run: Sagepipe, pipeline: Path, tmp_path: Path
) -> None:
    assert run("compile", pipeline, "--emit", "terraform").exit_code == 2
    emitted(run, pipeline, tmp_path / "out")
    run("compile", pipeline, "-o", tmp_path / "out")
    assert not list((tmp_path / "out").glob("sagepipe.*"))
