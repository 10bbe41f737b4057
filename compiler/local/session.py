"""A run as a user asks for it: the choices made, refusals told, earlier executions taken up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Any, NamedTuple

from compiler.diff.graph import downstream
from compiler.emit.bytes import digest_of
from compiler.local.backends.table import Choice, choose
from compiler.local.cache import Mode
from compiler.local.environment import python_at, this_python
from compiler.local.execute import Ran, Settings, execute
from compiler.local.jobs.job import Handler
from compiler.local.missing import missing
from compiler.local.parameters import bind_sound
from compiler.local.plan import Plan
from compiler.local.project import Given, InputFault, read_definition
from compiler.local.records import find_execution, state_folder, steps_of
from compiler.local.refusals import Here, refusals
from compiler.local.registry import Registry
from compiler.local.store import Mount, Store
from compiler.local.values import State
from compiler.local.view import View
from compiler.model.arguments import faults
from compiler.text import not_named, record

Json = Any


@record
class Wishes:
    """What the user asked for beside the definition; see the options of `sagepipe run`."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)
    handlers: Mapping[str, str] = field(default_factory=dict)
    cache: bool = True
    mode: Mode = "content"
    backend: str = ""
    isolate: bool = False
    network: bool = True
    python: str = ""
    parallelism: int = 0
    resume: str = ""
    start: str = ""
    only: str = ""
    command: str = ""


class Earlier(NamedTuple):
    """An execution to take up, and its steps' records."""

    facts: dict[str, Json]
    steps: dict[str, dict[str, Json]]


def run(given: Given, wishes: Wishes, view: View) -> Ran:
    """Run a definition as wished. Raises `InputFault` for all that keeps it from starting."""
    state = state_folder(given.root)
    earlier = _earlier(state, wishes)
    told = earlier.facts.get("wishes", {}) if earlier else {}
    parameters = {**told.get("parameters", {}), **wishes.parameters}
    data = {**told.get("data", {}), **{uri: str(Path(path).absolute()) for uri, path in wishes.data.items()}}
    handlers = {**told.get("handlers", {}), **wishes.handlers}
    store = Store(state)
    mounts = [Mount(uri, Path(path)) for uri, path in data.items()]
    store = Store(state, [*given.keep_assets(store), *mounts])
    plan, reuse = _narrowed(given, earlier, wishes)
    values = bind_sound(plan, parameters)
    python = python_at(wishes.python) if wishes.python else this_python()
    choice = _choice(wishes)
    wrong = [
        *_unmounted(data), *faults(plan.rules, parameters), *_unanswering(handlers, given.root),
        *(found for found in (python, choice) if isinstance(found, str)),
    ]  # fmt: skip
    answering = {name: _handler(text) for name, text in handlers.items()}
    fitting = Fitting(plan, given, State(values, {}, store.read), Here(answering, Registry(state)), store)
    away = (wishes.cache and wishes.mode == "sagemaker") or any(_unmounted(data))
    wrong += _refused(fitting, None if away else reuse)
    if wrong or isinstance(python, str) or isinstance(choice, str):
        raise InputFault("\n".join(wrong))
    facts = {
        "definition": digest_of(given.definition),
        "cache": wishes.mode if wishes.cache else "off", "command": wishes.command,
        "resumed": earlier.facts["id"] if earlier else "",
        "wishes": {"parameters": parameters, "data": data, "handlers": handlers},
    }  # fmt: skip
    limit = wishes.parallelism or given.parallelism
    settings = Settings(
        given.name, state, given.root, choice, python, answering, wishes.cache, wishes.mode, limit,
        wishes.network, reuse, facts, frozenset(_only(plan, wishes.only)),
    )  # fmt: skip
    ran = execute(plan, values, store, settings, view)
    return replace(ran, basis=earlier.facts["id"]) if earlier and wishes.only else ran


def _choice(wishes: Wishes) -> Callable[[], Choice | str] | str:
    """How to find the backend, or why not. One that is asked for must work at once; else the first job finds out."""
    if not (wishes.backend or wishes.isolate):
        return choose
    found = choose(wishes.backend, isolate=wishes.isolate)
    return found if isinstance(found, str) else lambda: found


def _earlier(state: Path, wishes: Wishes) -> Earlier | None:
    if not wishes.resume:
        if wishes.start or wishes.only:
            raise InputFault("--from and --only need --resume, which says the execution to start from")
        return None
    facts = find_execution(state, wishes.resume)
    if facts is None:
        raise InputFault(f"no execution is `{wishes.resume}`; `sagepipe runs` lists them")
    return Earlier(facts, steps_of(state, facts["id"]))


def _narrowed(given: Given, earlier: Earlier | None, wishes: Wishes) -> tuple[Plan, dict[str, dict[str, Json]]]:
    """The plan without what is not to run, and the outcomes that stand in for what is not to run again."""
    plan = given.plan
    if earlier is None:
        return plan, {}
    for name, known in ((wishes.start, wishes.start), (wishes.only, _written(plan, wishes.only))):
        if name and known not in plan.nodes:
            raise InputFault(not_named("step", name, plan.nodes))
    again = set(downstream(given.definition, wishes.start)) if wishes.start else _only(plan, wishes.only)
    done = {name: row for name, row in earlier.steps.items() if row["status"] == "Succeeded" and row.get("properties")}
    flow = ("Condition", "Fail", "ForEach")
    reuse = {
        name: row for name, row in done.items()
        if not {name, _written(plan, name)} & again and (name not in plan.nodes or plan.nodes[name].type not in flow)
    }  # fmt: skip
    if not wishes.only:
        return plan, reuse
    kept = _alone(plan, _written(plan, wishes.only))
    jobs = [node for node in kept.values() if node.type not in flow and not plan.in_loop(node)]
    missing = [node.name for node in jobs if node.name not in again and node.name not in reuse]
    if missing:
        raise InputFault(
            f"step `{wishes.only}` needs {', '.join(f'`{m}`' for m in missing)}, which did not succeed then"
        )
    return replace(plan, nodes=kept), reuse


def _alone(plan: Plan, name: str) -> dict[str, Any]:
    """A step and all it needs, lifted out of the branches they stand in; of a loop's body, the loop and all of it."""
    wanted = [plan.nodes[name].container if plan.in_loop(plan.nodes[name]) else name]
    for step in wanted:
        body = [node.name for node in plan.inside(step) if plan.in_loop(node)]
        needed = [*body, *(need.step for need in plan.nodes[step].needs)]
        wanted += [other for other in needed if other not in wanted]
    kept = {step: node for step, node in plan.nodes.items() if step in wanted}
    return {s: node if plan.in_loop(node) else replace(node, container="", branch="") for s, node in kept.items()}


def _written(plan: Plan, name: str) -> str:
    """The step of the definition that a step of an execution is: `train` of `train-3`, an iteration's."""
    body = plan.nodes.get(name.rpartition("-")[0])
    return body.name if name not in plan.nodes and body and plan.in_loop(body) else name


def _only(plan: Plan, name: str) -> set[str]:
    """The steps that run when only one is to: of a loop, those of its body. Raises `InputFault` for such a one."""
    if name and name in plan.nodes and plan.in_loop(plan.nodes[name]):
        loop = plan.nodes[name].container
        raise InputFault(f"`{name}` runs once for every item of `{loop}`: name one of them, `{name}-0`, or `{loop}`")
    return {name, *(node.name for node in plan.inside(name) if plan.in_loop(node))} if name else set()


def _unmounted(data: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the places that data are to come from."""
    for uri, path in data.items():
        if not uri.startswith("s3://"):
            yield f"--data {uri}=...: an S3 URI begins with s3://"
        if not Path(path).exists():
            yield f"--data {uri}={path}: nothing lies there"


def _unanswering(handlers: Mapping[str, str], project: Path) -> Iterator[str]:
    for name, text in handlers.items():
        module, _, function = text.rpartition(":")
        if not (module and function):
            yield f"--handler {name}={text}: write MODULE:FUNCTION, as in step_code/notify.py:handler"
        elif module.endswith(".py") and not (project / module).is_file():
            yield f"--handler {name}={text}: there is no file {module} in {project}"


def _handler(text: str) -> Handler:
    module, _, function = text.rpartition(":")
    return Handler(module, function)


class Fitting(NamedTuple):
    """What a plan is held against before it runs."""

    plan: Plan
    given: Given
    state: State
    here: Here
    store: Store


def _refused(fitting: Fitting, done: Collection[str] | None) -> list[str]:
    """All that cannot run here, each with its line. `done`: steps that will not run; None where inputs may be away."""
    plan, given, state, here, store = fitting
    found = refusals(plan, state, here)
    found += missing(plan, state, store, done) if done is not None else []
    found.sort(key=lambda fault: [word.zfill(4) if word.isdigit() else word for word in fault.pointer.split("/")])
    lines = [f"  {given.place(fault.pointer)}: {fault.message}".replace("  : ", "  ", 1) for fault in found]
    return ["this cannot run here, so nothing was started:", *lines] if lines else []


__all__ = ["Given", "InputFault", "Wishes", "read_definition", "run"]
