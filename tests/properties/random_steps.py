"""Random steps of every type, each valid where it stands, and what it offers to the steps behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from random_conditions import metric, tree, value
from random_values import BOOLEAN, FLOAT, INTEGER, STRING, Author, Chain, Made, Offer

Json = Any
Step = dict[str, Json]
IMAGE = "111122223333.dkr.ecr.us-east-1.amazonaws.com/i:1"
ROLE = "arn:aws:iam::111122223333:role/Job"
STEP_EXCEPTIONS = ("throttling", "service-fault")
JOB_EXCEPTIONS = (*STEP_EXCEPTIONS, "job-internal-error", "capacity", "resource-limit")
DURATIONS = ("7d", "12h", "1d12h", "P1Y2M3DT4H5M", "pt90m", "30m")
NETWORK = {"subnets": ["subnet-0a1"], "security_groups": ["sg-0b2"]}


def optional(author: Author, step: Step, **fields: Callable[[], Json]) -> Step:
    """The step with a few of the optional fields, in a random order of the keys."""
    for name in author.some(fields, most=4):
        step[name] = fields[name]()
    return step


def cache(author: Author) -> Json:
    return False if author.chance(5) else author.pick(DURATIONS)


def retry(author: Author, exceptions: tuple[str, ...]) -> list[Json]:
    """Policies that name each exception once."""
    first = author.some(exceptions) or [exceptions[0]]
    rest = [e for e in exceptions if e not in first]
    policies = []
    for group in (first, author.some(rest)):
        if group:
            limit = author.pick(({"max_attempts": 3}, {"expire_after": "2h"}, {}))
            wait = author.pick(({}, {"interval": 30}, {"interval": "5m", "backoff": 1.5}))
            policies.append({"exceptions": group} | limit | wait)
    return policies


def network(author: Author) -> Json:
    own = dict(NETWORK)
    if author.chance(3):
        own["subnets"] = [author.wrapped(author.parameter("subnet", STRING, lambda: "subnet-0c3"))]
    flags = {k: author.flag() for k in author.some(("isolation", "encrypt_traffic"))}
    return author.maybe_variable(own) if not flags else own | flags


def env(author: Author, chain: Chain) -> dict[str, Json]:
    return {k.replace("-", "_"): v for k, v in author.scalars(chain).items()}


def job_fields(author: Author, chain: Chain) -> dict[str, Callable[[], Json]]:
    """The optional fields of every job."""
    return {
        "display_name": lambda: author.pick(("A name", 1.5, "ñ")),
        "description": lambda: author.maybe_variable("what for"),
        "cache": lambda: cache(author),
        "retry": lambda: retry(author, JOB_EXCEPTIONS),
        "role": lambda: author.pick((ROLE, "${{ target.role }}")),
        "tags": author.texts,
        "kms_key": lambda: "alias/out",
        "volume_kms_key": lambda: "alias/volume",
    }


def machine_fields(author: Author, chain: Chain) -> dict[str, Callable[[], Json]]:
    return {
        "instance_count": lambda: author.whole(1, 4, "count"),
        "volume_gb": lambda: author.whole(10, 90, "volume"),
        "env": lambda: env(author, chain),
        "network": lambda: network(author),
        "max_runtime": lambda: author.pick(("2h", "90m", 3600, "PT1H")),
    }


def in_loop(chain: Chain) -> bool:
    return any(branch == "steps" for _, branch in chain)


def place(author: Author, chain: Chain, name: str) -> str:
    """Where an output goes; in a loop the item tells the iterations apart."""
    return f"s3://bucket/{name}/${{{{ {author.item} }}}}" if in_loop(chain) else author.s3(chain)


def processing(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    step: Step = {"type": "processing", "instance_type": author.instance()}
    match author.number(0, 3):
        case 0:
            step |= {"image": IMAGE, "entrypoint": ["run", author.text(chain)]}
        case 1:
            step |= {"framework": {"name": "sklearn", "version": "1.2-1"}, "code": "code/script.py"}
        case 2:
            code = {"dir": "code/package", "entry": "main.py"}
            step |= {
                "image": IMAGE,
                "code": code | author.pick(({}, {"requirements": "code/package/requirements.txt"})),
            }
        case _:
            step |= {"image": IMAGE, "command": ["bash", "-e"], "code": "s3://bucket/code/run.sh"}
    outputs = {author.name(): None for _ in range(author.number(0, 3))}
    step["outputs"] = {n: _output(author, chain, n) for n in outputs}
    step["inputs"] = {n: _input(author, chain, n) for n in [author.name() for _ in range(author.number(0, 3))]}
    offers = [Offer(f"{name}:{n}", author.pick((f"steps.{name}.outputs.{n}", f"steps['{name}'].{n}",
              f"steps.{name}.properties.ProcessingOutputConfig.Outputs['{n}'].S3Output.S3Uri")), STRING, "s3")
              for n in outputs]  # fmt: skip
    if outputs:
        files = {author.name(): f"{author.pick(list(outputs))}/{author.pick(('a.json', 'b/c.json'))}"
                 for _ in range(author.number(0, 2))}  # fmt: skip
        step["metrics"] = {m: {"file": f, "json_path": author.pick(("a.b", "x[0]"))} for m, f in files.items()}
        offers += [Offer(f"{name}:{m}", f"steps.{name}.metrics.{m}", "unknown", "metric") for m in files]
        if author.chance(4):
            step["property_files"] = {author.name(): f"{next(iter(outputs))}/own.json"}
    offers.append(Offer("", f"steps.{name}.properties.ProcessingJobArn", STRING))
    more = job_fields(author, chain) | machine_fields(author, chain)
    more["arguments"] = lambda: [author.scalar(chain) for _ in range(author.number(0, 3))]
    more["raw"] = lambda: {"ExperimentConfig": {"TrialComponentDisplayName": author.pick(("t", "${{ execution.id }}"))}}
    return optional(author, step, **more), offers


def _output(author: Author, chain: Chain, name: str) -> Json:
    path = f"/opt/ml/processing/output/{name}"
    if not in_loop(chain) and author.chance(2):
        return path
    record = {"path": path, "to": place(author, chain, name)} if in_loop(chain) or author.chance(2) else {}
    return record | author.pick(({}, {"upload": "continuous"}, {"raw": {"AppManaged": False}}))


def _input(author: Author, chain: Chain, name: str) -> Json:
    if author.chance(2):
        return author.source(chain)
    record = {"from": author.source(chain), "path": f"/opt/ml/processing/in/{name}"}
    return record | author.pick(({}, {"mode": "pipe", "compression": "gzip"}, {"distribution": "sharded"}))


def _trains(author: Author, chain: Chain, name: str) -> Step:
    """The container, the channels and the hyperparameters of a training job."""
    step: Step = {"instance_type": author.instance()}
    match author.number(0, 2):
        case 0:
            code = author.pick(("code/script.py", {"dir": "code/package", "entry": "main.py"}))
            step |= {"framework": {"name": "xgboost", "version": "1.7-1"}, "code": code}
        case 1:
            step |= {"algorithm": author.pick(("linear-learner", {"name": "xgboost", "version": "1.7-1"}))}
        case _:
            step |= {"image": author.maybe_variable(IMAGE)}
    if in_loop(chain):
        step["output"] = place(author, chain, name)
    step["inputs"] = {n: _channel(author, chain) for n in [author.name() for _ in range(author.number(0, 2))]}
    if author.chance(2):
        step["hyperparameters"] = author.scalars(chain)
    return step


def _channel(author: Author, chain: Chain) -> Json:
    if author.chance(2):
        return author.source(chain)
    record = {"from": author.source(chain), "content_type": author.pick(("text/csv", "${{ execution.id }}"))}
    return record | author.pick(({}, {"input_mode": "Pipe", "record_wrapper": "recordio"}, {"compression": "none"}))


def training(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    step: Step = {"type": "training"} | _trains(author, chain, name)
    offers = [
        Offer(f"{name}:model", f"steps.{name}.model", STRING, "s3"),
        Offer(f"{name}:job_name", f"steps.{name}.properties.TrainingJobName", STRING),
        Offer("", f"steps.{name}.properties.ResourceConfig.InstanceCount", INTEGER),
        Offer("", f"steps.{name}.properties.EnableNetworkIsolation", BOOLEAN),
    ]
    if author.chance(2):
        step["metric_definitions"] = {"validation:auc": "auc: (.*)", "loss": "l=([0-9.]+)"}
        offers += [Offer(f"{name}:{m}", f"steps.{name}.metrics['{m}']", FLOAT, "metric")
                   for m in ("validation:auc", "loss")]  # fmt: skip
    if "image" in step or "algorithm" in step:
        offers.append(Offer(f"{name}:image", f"steps.{name}.image", STRING, "image"))
    more = job_fields(author, chain) | machine_fields(author, chain)
    more["spot"] = lambda: author.pick(({"max_wait": "2d"}, {"max_wait": 200000}))
    more["checkpoint"] = lambda: author.pick(("s3://b/c", {"to": "s3://b/c", "path": "/opt/ml/checkpoints"}))
    more["raw"] = lambda: {"RetryStrategy": {"MaximumRetryAttempts": author.number(1, 3)}}
    return optional(author, step, **more), offers


def tuning(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    bases = [m.name for m in author.made if m.type == "training" and m.chain == () and not in_loop(chain)]
    base = {"base": author.pick(bases)} if bases and author.chance(2) else None
    step: Step = {"type": "tuning"} | (base or _trains(author, chain, name))
    jobs = author.number(1, 9)
    step["objective"] = {author.pick(("maximize", "minimize")): "validation:auc"}
    step["ranges"] = {
        "eta": author.pick(({"continuous": [0, 1.5]}, {"continuous": [0.1, 1], "scaling": "logarithmic"})),
        "max_depth": {"integer": [1, "${{ variables.ten }}" if author.chance(3) else 10]},
    } | author.pick(({}, {"booster": {"categorical": ["gbtree", "dart"]}}))  # fmt: skip
    author.variables["ten"] = 10
    own = "" if base else f"steps.{name}.properties.TrainingJobDefinition.RoleArn"
    offers = [
        Offer(f"{name}:best-model", f"steps.{name}.model-{author.number(1, 50)}", STRING, "s3"),
        Offer(f"{name}:best-job", own or f"steps.{name}.best-job", STRING),
        Offer("", f"steps.{name}.properties.TrainingJobStatusCounters.Completed", INTEGER),
        Offer("", f"steps.{name}.properties.TrainingJobSummaries[3].TunedHyperParameters['eta']", STRING),
    ]
    more = job_fields(author, chain) | {
        "max_jobs": lambda: jobs,
        "strategy": lambda: author.pick(("Bayesian", "Random")),
        "early_stopping": lambda: author.chance(2),
        "warm_start": lambda: {"type": "transfer-learning", "parents": ["earlier"]},
    }
    return optional(author, step, **more), offers


def condition(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    """A condition; its branches are filled by whoever lays the steps out."""
    numbers = [f"${{{{ {author.parameter('threshold', FLOAT, lambda: 0.5)} }}}}"]
    operands = [value(n, "number") for n in numbers]
    operands += [value(f"${{{{ {author.parameter('mode', STRING, lambda: 'a')} }}}}", STRING)]
    operands += [value("${{ execution.id }}", STRING)]
    operands += [metric(o.word) for o in author.visible(chain, "metric")][:4]
    flags = author.visible(chain, kinds=(BOOLEAN,))
    operands += [value(f"${{{{ {o.path} }}}}", BOOLEAN) for o in flags][:2]
    step: Step = {"type": "condition", "if": tree(author, operands, depth=2)}
    return step, [Offer("", f"steps.{name}.outcome", "unknown")]


def fail(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    return {"type": "fail", "message": author.text(chain)}, []


OUTPUT_TYPES = (STRING, INTEGER, FLOAT, BOOLEAN)


def _called(author: Author, chain: Chain, name: str, step: Step) -> tuple[Step, list[Offer]]:
    outputs = {author.name(): author.pick(OUTPUT_TYPES) for _ in range(author.number(0, 3))}
    step["outputs"] = outputs
    offers = [Offer(f"{name}:{n}", author.pick((f"steps.{name}.outputs.{n}",
              f"steps.{name}.properties.OutputParameters['{n}']")), kind) for n, kind in outputs.items()]  # fmt: skip
    more: dict[str, Callable[[], Json]] = {
        "arguments": lambda: author.scalars(chain), "cache": lambda: cache(author), "display_name": lambda: "Called",
    }  # fmt: skip
    return optional(author, step, **more), offers


def lambda_(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    function = f"arn:aws:lambda:us-east-1:111122223333:function:sagemaker-{name.replace('_', '-')}"
    return _called(author, chain, name, {"type": "lambda", "function": function})


def callback(author: Author, chain: Chain, name: str) -> tuple[Step, list[Offer]]:
    queue = "https://sqs.us-east-1.amazonaws.com/111122223333/sagemaker-q"
    return _called(author, chain, name, {"type": "callback", "queue": queue})


Maker = Callable[[Author, Chain, str], tuple[Step, list[Offer]]]
MAKERS: Mapping[str, Maker] = {
    "processing": processing, "training": training, "tuning": tuning, "condition": condition, "fail": fail,
    "lambda": lambda_, "callback": callback,
}  # fmt: skip
__all__ = ["MAKERS", "Made", "Maker", "Step", "in_loop", "optional"]
