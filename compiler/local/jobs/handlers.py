"""Lambda and Callback steps: a function of the user's answers for the one that is deployed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from compiler.local.files import read_json
from compiler.local.jobs.job import Done, Handler, Job, JobFailed, judge
from compiler.local.jobs.places import ACCOUNT, REGION
from compiler.local.values import TYPES, is_of_type

Json = Any
CALLER = Path(__file__).parents[1] / "inside" / "call_handler.py"
LAMBDA_SECONDS = 600.0  # Developer Guide: a Lambda step waits for ten minutes at most


def run_lambda(job: Job) -> Done:
    """The handler gets the step's arguments as its event."""
    return Done({"OutputParameters": _outputs(job, _called(job, job.arguments, LAMBDA_SECONDS))})


def run_callback(job: Job) -> Done:
    """The handler gets the message that would go to the queue, and gives what the callback would answer with."""
    message = {
        "token": job.name[-10:],
        "pipelineExecutionArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/{job.shop.pipeline}/execution/"
        f"{job.shop.execution_id}",
        "arguments": job.arguments,
        "status": "Executing",
    }
    return Done({"OutputParameters": _outputs(job, _called(job, message, None))})


def handler_of(step: str, keys: dict[str, Json], handlers: Any) -> Handler | None:
    """The handler for a step: by the step's name, else by that of its function or queue."""
    address = str(keys.get("FunctionArn") or keys.get("SqsQueueUrl") or "")
    function = address.split(":function:")[-1] if ":function:" in address else address.rpartition("/")[2]
    found: Handler | None = handlers.get(step) or handlers.get(function.split(":")[0])
    return found


def _called(job: Job, event: Json, seconds: float | None) -> dict[str, Json]:
    step = job.step.rpartition("-")[0] if job.step not in job.shop.handlers else job.step
    handler = handler_of(job.step, job.keys, job.shop.handlers) or job.shop.handlers.get(step)
    if handler is None:
        raise JobFailed(f"no handler: give one with --handler {job.step}=module:function")
    room = job.shop.machine.room(job.folder)
    room = replace(room, readable=(*room.readable, job.shop.project))  # the handler lies in it
    given, answer = room.work / "event.json", room.work / "answer.json"
    given.write_text(json.dumps(event), encoding="utf-8")
    command = ["python", str(CALLER), str(job.shop.project), handler.module, handler.function, str(given), str(answer)]
    ended = job.shop.machine.run(room, command, {}, seconds=seconds)
    judge(ended, "the handler")
    found = read_json(answer)
    if found is None and not job.keys.get("OutputParameters"):
        return {}
    if not isinstance(found, dict):
        raise JobFailed("the handler must return a dict")
    return found


def _outputs(job: Job, answer: dict[str, Json]) -> dict[str, Json]:
    """The declared outputs, by name; a nested value is text, as the service gives it."""
    found = {}
    for declared in job.keys.get("OutputParameters") or []:
        name, kind = declared["OutputName"], declared.get("OutputType", "String")
        if name not in answer:
            raise JobFailed(f"the handler returned no `{name}`; it returned: {', '.join(answer) or 'nothing'}")
        value = answer[name] if not isinstance(answer[name], dict | list) else json.dumps(answer[name])
        if kind in TYPES and not is_of_type(value, kind):
            raise JobFailed(f"the handler returned {value!r} for `{name}`, which is declared as {kind}")
        found[name] = value
    return found
