"""The service shapes, and property paths over them."""

from __future__ import annotations

import json
import re

import pytest

from compiler.data import data_path
from compiler.shapes import Index, Key, Member, PathProblem, Segment, Shape, made_from, shape, walk

FILE = json.loads(data_path("schemas", "service.json").read_bytes())
EVERY = [(service, name) for service, shapes in FILE["services"].items() for name in shapes]
TYPES = {
    "structure", "list", "map", "string", "integer", "long", "float", "double", "boolean", "timestamp", "blob"
}  # fmt: skip


def sagemaker(name: str) -> Shape:
    return shape("sagemaker", name)


def path(text: str) -> list[Segment]:
    """`A.B['c'][0]` as segments."""
    found = re.findall(r"\.?(\w+)|\['([^']*)'\]|\[(\d+)\]", text)
    return [Member(name) if name else Key(key) if key else Index(int(index)) for name, key, index in found]


def test_the_file_says_it_is_generated_in_its_first_line_and_from_what():
    assert next(iter(FILE)) == "generated"
    assert re.fullmatch(r"\d+\.\d+\.\d+", made_from()["botocore"])
    assert made_from()["botocore_baseline"] == "1.43.11"


def test_every_shape_builds_and_everything_it_refers_to_exists():
    for service, name in EVERY:
        built = shape(service, name)
        assert built.type in TYPES
        assert all(isinstance(built.member(member), Shape) for member in built.member_names)
        assert set(built.required) <= set(built.member_names)
        assert built.type != "list" or isinstance(built.element, Shape)
        assert built.type != "map" or (built.key.type == "string" and isinstance(built.value, Shape))


def test_every_pattern_compiles_and_none_was_left_out():
    assert all(shape(*name).pattern is not None for name in EVERY if shape(*name).pattern_text)
    assert not any(FILE["patterns_left_out"].values())


def test_shapes_are_cached_and_unknown_ones_are_a_key_error():
    assert sagemaker("CreateTrainingJobRequest") is sagemaker("CreateTrainingJobRequest")
    with pytest.raises(KeyError):
        sagemaker("CreateNothingRequest")
    with pytest.raises(KeyError):
        _ = sagemaker("CreateTrainingJobRequest").element


def test_a_shape_carries_the_facts_of_the_service_model():
    request = sagemaker("CreateTrainingJobRequest")
    assert (request.type, request.required) == ("structure", ("TrainingJobName", "RoleArn", "OutputDataConfig"))
    channels = request.member("InputDataConfig")
    assert channels is not None and (channels.min, channels.max, channels.element.name) == (1, 20, "Channel")
    parameters = request.member("HyperParameters")
    assert parameters is not None and (parameters.value.type, parameters.value.max) == ("string", 2500)
    assert "FastFile" in sagemaker("TrainingInputMode").enum
    assert request.member("trainingJobName") is None
    assert sagemaker("TrainingJobName").member("anything") is None


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("TrainingJobName", ["a", "a-b", "9"], ["-a", "a_b", "a\n", "", "x a x", "é"]),
        ("RoleArn", ["arn:aws:iam::111122223333:role/sm-pipeline"], ["arn:aws:iam::1111:role/x", "role/x"]),
        ("TagValue", ["", "a b", "größe_1:2/3=+-@.", "٣"], ["a#b", "a\tb", "a\nb"]),
        ("CustomerMetadataKey", ["owner", "a b"], ["a,b"]),
        ("EntityDescription", ["", "50 % <b> größe…"], ["a\nb", "\x7f"]),
        ("ModelPackageSourceUri", ["s3://b/ä"], ["s3://b/a+b", "a\nb"]),
        ("AthenaCatalog", ["a\tb", "\U0001f600"], ["a\nb", "\ud800", "\ufffe"]),
        ("EnvironmentKey", ["A_1"], ["1A", "Ä", "A-B"]),
    ],
)
def test_patterns_mean_the_whole_string_and_ascii_classes(name, good, bad):
    pattern = sagemaker(name).pattern
    assert pattern is not None
    assert [text for text in good if not pattern.fullmatch(text)] == []
    assert [text for text in bad if pattern.fullmatch(text)] == []


def test_no_text_makes_a_pattern_run_for_ever():
    pattern = shape("emr-serverless", "PrometheusUrlString").pattern
    assert pattern is not None
    begin = "https://aps-workspaces.eu-west-1.amazonaws"
    assert pattern.fullmatch(f"{begin}.com/workspaces/ws-1/api/v1/remote_write")
    assert not pattern.fullmatch(f"{begin}.com{'a' * 2000}")


def test_pipelines_spell_bedrock_members_with_a_capital():
    request = shape("bedrock", "CreateModelImportJobRequest")
    assert request.required == ("JobName", "ImportedModelName", "RoleArn", "ModelDataSource")
    reached = walk(request, path("ModelDataSource.S3DataSource.S3Uri"))
    assert isinstance(reached, Shape) and reached.type == "string"
    source = request.member("ModelDataSource")
    assert source is not None and source.union


def test_what_is_newer_than_the_baseline_is_known():
    cluster = sagemaker("ProcessingClusterConfig")
    assert cluster.is_fresh_member("InstancePreferences") and not cluster.is_fresh_member("InstanceType")
    kinds = sagemaker("TrainingInstanceType")
    assert "ml.r8i.large" in kinds.fresh_enum and "ml.m5.large" not in kinds.fresh_enum
    assert set(kinds.fresh_enum) <= set(kinds.enum)
    # A whole new operation is not a new member of an old one.
    assert sagemaker("CreateJobRequest").fresh_members == ()


@pytest.mark.parametrize(
    ("root", "text", "reached"),
    [
        ("DescribeTrainingJobResponse", "", "DescribeTrainingJobResponse"),
        ("DescribeTrainingJobResponse", "ModelArtifacts.S3ModelArtifacts", "S3Uri"),
        ("DescribeTrainingJobResponse", "FinalMetricDataList['validation:auc'].Value", "Float"),
        ("DescribeTrainingJobResponse", "FinalMetricDataList[0].Value", "Float"),
        ("DescribeTrainingJobResponse", "HyperParameters['eta']", "HyperParameterValue"),
        ("DescribeTrainingJobResponse", "InputDataConfig[19].DataSource.S3DataSource.S3Uri", "S3Uri"),
        ("DescribeProcessingJobResponse", "ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri", "S3Uri"),
        ("DescribeProcessingJobResponse", "ProcessingInputs['claims'].S3Input.S3Uri", "S3Uri"),
        ("DescribeHyperParameterTuningJobResponse", "BestTrainingJob.TrainingJobName", "TrainingJobName"),
        (
            "ListTrainingJobsForHyperParameterTuningJobResponse",
            "TrainingJobSummaries[49].TrainingJobName",
            "TrainingJobName",
        ),
    ],
)
def test_a_path_reaches_its_shape(root, text, reached):
    assert walk(sagemaker(root), path(text)) is sagemaker(reached)


@pytest.mark.parametrize(
    ("root", "text", "kind", "segment", "at"),
    [
        ("DescribeTrainingJobResponse", "ModelArtefacts.S3", "unknown-member", 0, "DescribeTrainingJobResponse"),
        ("DescribeTrainingJobResponse", "ModelArtifacts.S3", "unknown-member", 1, "ModelArtifacts"),
        ("DescribeTrainingJobResponse", "ModelArtifacts[0]", "not-a-list", 1, "ModelArtifacts"),
        ("DescribeTrainingJobResponse", "ModelArtifacts['S3ModelArtifacts']", "not-a-map", 1, "ModelArtifacts"),
        ("DescribeTrainingJobResponse", "InputDataConfig['train']", "not-a-map", 1, "InputDataConfig"),
        ("DescribeTrainingJobResponse", "InputDataConfig.ChannelName", "not-a-structure", 1, "InputDataConfig"),
        ("DescribeTrainingJobResponse", "InputDataConfig[20]", "out-of-range", 1, "InputDataConfig"),
        ("DescribeTrainingJobResponse", "HyperParameters.eta", "not-a-structure", 1, "HyperParameters"),
        ("DescribeTrainingJobResponse", "TrainingJobName.Length", "too-deep", 1, "TrainingJobName"),
        ("DescribeTrainingJobResponse", "TrainingJobName[0]", "too-deep", 1, "TrainingJobName"),
    ],
)
def test_a_wrong_path_says_which_segment_and_why(root, text, kind, segment, at):
    problem = walk(sagemaker(root), path(text))
    assert isinstance(problem, PathProblem)
    assert (problem.kind, problem.segment, problem.at) == (kind, segment, sagemaker(at))


def test_a_wrong_path_names_what_could_stand_there():
    problem = walk(sagemaker("DescribeTrainingJobResponse"), path("ModelArtifacts.S3"))
    assert isinstance(problem, PathProblem) and problem.known == ("S3ModelArtifacts",)
    problem = walk(sagemaker("DescribeTrainingJobResponse"), path("InputDataConfig[20]"))
    assert isinstance(problem, PathProblem) and problem.known == ("0", "19")
