"""More random steps: models, checks, clusters, endpoints, records, and raw ones in the service's own spelling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from random_steps import (
    IMAGE,
    ROLE,
    STEP_EXCEPTIONS,
    Maker,
    Step,
    cache,
    env,
    in_loop,
    job_fields,
    machine_fields,
    network,
    optional,
    place,
    retry,
)
from random_values import BOOLEAN, INTEGER, STRING, Author, Chain, Offer

Json = Any
DATA = "s3://bucket/model.tar.gz"


def model_name(author: Author, chain: Chain) -> str:
    words = [o.word for o in author.visible(chain, "model-name") if o.word]
    return str(author.pick(words)) if words and not author.chance(3) else "model-of-old"


def container(author: Author, chain: Chain) -> Step:
    """Image, model data, environment; or a framework, whose script is fetched from S3."""
    images = [o.word for o in author.visible(chain, "image")]
    step: Step = {"model_data": author.pick((DATA, author.source(chain)))}
    match author.number(0, 2):
        case 0 if images:
            step["image"] = author.pick(images)
        case 1:
            step |= {"framework": {"name": "sklearn", "version": "1.2-1"}, "code": "code/script.py"}
        case _:
            step["image"] = IMAGE
    if author.chance(3):
        step["env"] = env(author, chain)
    return step


def containers(author: Author, chain: Chain) -> Step:
    if author.chance(2):
        return container(author, chain)
    several = [container(author, chain) | {"hostname": f"c{i}"} for i in range(author.number(1, 3))]
    several[0] |= author.pick(({}, {"raw": {"ContainerHostname": None}}))
    return {"containers": several}


def create_model(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    step: Step = {"type": "create-model"} | containers(author, chain)
    optional(author, step, role=lambda: ROLE, tags=author.texts, retry=lambda: retry(author, STEP_EXCEPTIONS),
             network=lambda: network(author) if author.chance(2) else {"isolation": author.flag()})  # fmt: skip
    return step, [Offer(f"{name}:name", f"steps.{name}.name", STRING, "model-name"),
                  Offer(f"{name}:arn", f"steps.{name}.properties.ModelArn", STRING)]  # fmt: skip


def register_model(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    step: Step = {"type": "register-model", "package_group": author.pick(("group", "${{ execution.pipeline_name }}"))}
    step |= containers(author, chain) | {"content_types": ["text/csv"], "response_types": ["text/csv"]}
    quality = {"model_quality": {"statistics": author.source(chain)}}
    optional(
        author,
        step,
        approval=lambda: author.wrapped(author.parameter("approval", STRING, lambda: "Approved")),
        inference_instances=lambda: ["ml.m5.xlarge", author.instance()],
        model_metrics=lambda: quality,
        drift_check_baselines=lambda: {"bias": {"config_file": "s3://b/c.json"}},
        metadata=lambda: {"a": "b", "n": 7},
        domain=lambda: "OTHER",
        description=lambda: "a model",
        retry=lambda: retry(author, STEP_EXCEPTIONS),
        checks=lambda: author.some([o.word.partition(":")[0] for o in author.visible(chain, "baseline")]),
        raw=lambda: {"SkipModelValidation": "None", "CustomerMetadataProperties": None},
    )
    return step, [Offer(f"{name}:arn", f"steps.{name}.arn", STRING),
                  Offer("", f"steps.{name}.version", INTEGER)]  # fmt: skip


def transform(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    step: Step = {"type": "transform", "instance_type": author.instance(), "model_name": model_name(author, chain)}
    step["input"] = author.pick((author.source(chain), {"from": author.source(chain), "split_type": "Line"}))
    if in_loop(chain):
        step["output"] = place(author, chain, name)
    more = {k: v for k, v in job_fields(author, chain).items() if k != "role"}
    more |= {
        "instance_count": lambda: author.whole(1, 3, "count"),
        "env": lambda: env(author, chain),
        "strategy": lambda: author.pick(("MultiRecord", "SingleRecord")),
        "max_payload_mb": lambda: author.whole(0, 50, "payload"),
        "input_filter": lambda: "$[1:]",
        "join_source": lambda: "Input",
    }
    return optional(author, step, **more), [Offer(f"{name}:output", f"steps.{name}.output", STRING, "s3")]


def _check(author: Author, chain: Chain, name: str, step: Step) -> Step:
    step["instance_type"] = author.instance()
    if in_loop(chain):
        step["output"] = place(author, chain, name)
    more = {k: v for k, v in (job_fields(author, chain) | machine_fields(author, chain)).items() if k != "retry"}
    more |= dict.fromkeys(("skip", "fail_on_violation", "register_new_baseline"), author.flag)
    more["package_group"] = lambda: author.pick(("group", "${{ execution.pipeline_name }}"))
    more["supplied_baseline"] = lambda: {"constraints": author.source(chain)}
    return optional(author, step, **more)


def clarify_check(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    kind = author.pick(("data-bias", "model-bias", "model-explainability"))
    step: Step = {"type": "clarify-check", "check": kind, "dataset": author.source(chain)}
    if kind != "data-bias":
        step["model_name"] = model_name(author, chain)
    written = {"dataset_type": "text/csv", "label": "y", "methods": {"report": {"name": "r"}}, "n": [1, 0.5, None]}
    step["analysis"] = author.pick(("code/analysis.json", "s3://bucket/analysis_config.json", written))
    offers = [Offer(f"{name}:constraints", f"steps.{name}.baseline_constraints", STRING, "baseline")]
    return _check(author, chain, name, step), offers


def quality_check(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    step: Step = {"type": "quality-check", "check": author.pick(("data-quality", "model-quality"))}
    step["dataset"] = {"from": author.source(chain), "format": author.pick(("csv", "json-lines", {"csv": {}}))}
    if step["check"] == "model-quality":
        step |= {"problem_type": "Regression", "inference_attribute": author.pick((0, "p"))}
    offers = [Offer(f"{name}:statistics", f"steps.{name}.properties.CalculatedBaselineStatistics", STRING, "baseline")]
    return _check(author, chain, name, step), offers


def automl(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    step: Step = {"type": "automl", "inputs": {"training": author.source(chain)}, "target_column": "y"}
    if author.chance(2):
        step |= {"objective": "F1", "problem_type": "BinaryClassification"}
    if in_loop(chain):
        step["output"] = place(author, chain, name)
    more = job_fields(author, chain) | {"max_candidates": lambda: author.whole(1, 9, "candidates")}
    best = f"steps.{name}.properties.BestCandidate"
    offers = [Offer(f"{name}:best-model", f"steps.{name}.best-model", STRING, "s3"),
              Offer("", f"{best}.InferenceContainers[0].Environment['A']", STRING),
              Offer("", f"{best}Properties.ModelInsightsJsonReportPath", STRING, "s3")]  # fmt: skip
    return optional(author, step, **more), offers


def emr(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    group = {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": author.whole(1, 3, "count")}
    own = {"ReleaseLabel": "emr-7.1.0", "Instances": {"InstanceGroups": [group]}}
    step: Step = {"type": "emr", "jar": author.pick(("command-runner.jar", author.s3(chain)))}
    step["cluster"] = author.pick(("j-1ABC", own))
    optional(author, step, arguments=lambda: [author.scalar(chain)], main_class=lambda: "org.Main",
             properties=lambda: author.scalars(chain), cache=lambda: cache(author),
             retry=lambda: retry(author, STEP_EXCEPTIONS))  # fmt: skip
    return step, [Offer("", f"steps.{name}.properties.{p}", STRING) for p in ("Id", "Config.Args[0]", "Status.State")]


def emr_serverless(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    own = {"releaseLabel": "emr-7.1.0", "type": "SPARK"}
    job = {
        "jobDriver": {"sparkSubmit": {"entryPoint": author.s3(chain), "entryPointArguments": ["a", author.text(chain)]}}
    }
    step: Step = {"type": "emr-serverless", "application": author.pick(("00abc", own)), "job": job}
    optional(author, step, role=lambda: ROLE, tags=author.texts, max_runtime=lambda: "90m",
             retry=lambda: retry(author, STEP_EXCEPTIONS))  # fmt: skip
    return step, []


def endpoint_config(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    several = author.number(1, 3)
    variants = [{"name": f"v{i}", "model_name": model_name(author, chain), "instance_type": author.instance(),
                 "weight": author.pick((1, 0.5))} for i in range(several)]  # fmt: skip
    if author.chance(3):
        variants[0] = {"name": "v0", "model_name": "m", "serverless": {"memory_mb": 2048, "max_concurrency": 5}}
    step: Step = {
        "type": "endpoint-config",
        "name": author.pick(("config", "${{ execution.id }}")),
        "variants": variants,
    }
    optional(author, step, tags=author.texts, cache=lambda: cache(author), network=lambda: network(author))
    return step, [Offer(f"{name}:name", f"steps.{name}.name", STRING, "config")]


def endpoint(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    configs = [o.word for o in author.visible(chain, "config")]
    step: Step = {"type": "endpoint", "name": "serve", "config": author.pick(configs or ["config-of-old"])}
    return optional(author, step, tags=author.texts), [Offer(f"{name}:name", f"steps.{name}.name", STRING, "endpoint")]


def component(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    endpoints = [o.word for o in author.visible(chain, "endpoint")]
    step: Step = {"type": "inference-component", "name": "part", "endpoint": author.pick(endpoints or ["old"])}
    step |= {"model_name": model_name(author, chain), "memory_mb": author.whole(1024, 4096, "memory")}
    optional(author, step, cpu_cores=lambda: author.pick((2, 0.5)), copies=lambda: author.whole(1, 3, "count"))
    return step, [Offer(f"{name}:arn", f"steps.{name}.arn", STRING)]


def lineage(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    artifact = {"ArtifactName": "m", "ArtifactType": "Model", "Source": {"SourceUri": author.s3(chain)}}
    context = {"ContextName": "${{ execution.id }}", "ContextType": "Run", "Source": {"SourceUri": "s3://b/c"}}
    ends = {
        "Source": {"Name": "m", "Type": "Artifact"},
        "Destination": {"Name": "${{ execution.id }}", "Type": "Context"},
    }
    request = {"Artifacts": [artifact], "Contexts": [context]} | author.pick(({}, {"Associations": [ends]}))
    return {"type": "lineage", "raw": request}, [Offer("", f"steps.{name}.properties.ArtifactArns['m']", STRING)]


def job(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    document = {"Std:Join": {"On": "", "Values": ['{"a": "', {"Get": "Execution.PipelineName"}, '"}']}}
    request = {"RoleArn": ROLE, "JobCategory": "AgentRFT", "JobConfigSchemaVersion": "1.0.0",
               "JobConfigDocument": author.pick(("{}", document))}  # fmt: skip
    offers = [Offer("", f"steps.{name}.properties.JobArn", STRING),
              Offer("", f"steps.{name}.properties.JobConfigDocument.Out.Arn", "unknown")]  # fmt: skip
    return {"type": "job", "raw": request}, offers


def bedrock_import(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    request = {"JobName": "j", "ImportedModelName": "m", "RoleArn": ROLE,
               "ModelDataSource": {"S3DataSource": {"S3Uri": author.s3(chain)}}}  # fmt: skip
    offer = Offer("", f"steps.{name}.properties.ImportedModelArn", STRING, "bedrock")
    return {"type": "bedrock-model-import", "raw": request}, [offer]


def bedrock_custom(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    request = {"ModelName": "m", "RoleArn": ROLE, "ModelSourceConfig": {"S3DataSource": {"S3Uri": author.s3(chain)}}}
    offer = Offer("", f"steps.{name}.properties.ModelArn", STRING, "bedrock")
    return {"type": "bedrock-custom-model", "raw": request}, [offer]


def bedrock_serves(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    arns = [f"${{{{ {o.path} }}}}" for o in author.visible(chain, "bedrock")]
    arn = author.pick(arns or ["arn:aws:bedrock:us-east-1:111122223333:custom-model/imported/abcdefghijkl"])
    if author.chance(2):
        return {"type": "bedrock-custom-model-deployment", "raw": {"ModelDeploymentName": "d", "ModelArn": arn}}, []
    request = {"ProvisionedModelName": "p", "ModelId": arn, "ModelUnits": author.whole(1, 3, "count")}
    return {"type": "bedrock-provisioned-model-throughput", "raw": request}, []


def raw(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    """A step in the service's spelling, with both notations in it."""
    offers = author.visible(chain, kinds=(STRING,))
    join = {"Std:Join": {"On": "/", "Values": ["a", {"Get": "Execution.PipelineName"}, 7, author.expression(chain)]}}
    texts: list[Json] = ["plain", join, {"Get": "Execution.PipelineExecutionId"}]
    texts += [f"${{{{ {author.pick(offers).path} }}}}/tail"] if offers else []
    if author.chance(2) and not in_loop(chain):
        return {"type": "raw", "definition": {"Type": "Fail", "Arguments": {"ErrorMessage": author.pick(texts)}}}, []
    definition = {
        "Type": "Lambda",
        "FunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:sagemaker-raw",
        "Arguments": {"a": author.pick(texts), "b": author.number(0, 9), "c": author.chance(2), "d": 0.25},
        "OutputParameters": [{"OutputName": "o", "OutputType": "String"}],
    }
    offer = Offer("", f"steps.{name}.properties.OutputParameters['o']", STRING)
    return {"type": "raw", "definition": definition}, [offer]


SERVICES: Mapping[str, Maker] = {
    "create-model": create_model, "register-model": register_model, "transform": transform, "automl": automl,
    "clarify-check": clarify_check, "quality-check": quality_check, "emr": emr, "emr-serverless": emr_serverless,
    "endpoint-config": endpoint_config, "endpoint": endpoint, "inference-component": component, "lineage": lineage,
    "job": job, "bedrock-model-import": bedrock_import, "bedrock-custom-model": bedrock_custom,
    "bedrock-serves": bedrock_serves, "raw": raw,
}  # fmt: skip
__all__ = ["BOOLEAN", "SERVICES"]
