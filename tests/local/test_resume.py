"""An execution taken up: the rest of it, what follows a step, one step, one iteration of a loop."""

from __future__ import annotations

from typing import Any

import pytest
from tiny import Project, here, output, processing

from compiler.local.records import steps_of
from compiler.local.session import InputFault

Json = Any
HANDLER = """
import pathlib
def handler(event, context):
    if event["n"] in eval(pathlib.Path(__file__).with_name("bad.txt").read_text()):
        raise ValueError("no")
    return {"twice": 2 * event["n"]}
"""


def test_an_execution_is_taken_up_where_it_failed(project: Project) -> None:
    good = project.file("good.py", "import pathlib; pathlib.Path('/opt/ml/processing/o/x').write_text('1')")
    bad = project.file("bad.py", "raise SystemExit(1)")
    project.steps = [
        processing("one", good, None, {"o": (here("one"), "/opt/ml/processing/o")}),
        processing("two", bad, {"i": (output("one", "o"), "/opt/ml/processing/i")}),
        processing("three", good, None, {"o": (here("three"), "/opt/ml/processing/o")}, DependsOn=["two"]),
    ]
    first = project.run()
    assert first.status == "Failed"
    project.file("bad.py", "print('mended')")
    only = project.run(resume=first.id, only="two")
    assert (only.status, project.told.order) == ("Succeeded", ["one", "two"])
    assert only.outcomes["one"].reused == first.id
    rest = project.run(resume=first.id)
    assert rest.status == "Succeeded" and project.told.order == ["one", "two", "three"]
    again = project.run(resume=rest.id, start="two")
    assert [again.outcomes[s].reused for s in ("one", "two", "three")] == [first.id, "", ""]
    with pytest.raises(InputFault, match="no step is named `tow`; did you mean `two`"):
        project.run(resume=first.id, start="tow")
    with pytest.raises(InputFault, match="no execution is `nix`"):
        project.run(resume="nix")


def doubling(name: str, n: Json, **more: Json) -> Json:
    function = "arn:aws:lambda:eu-west-1:111122223333:function:f"
    given = [{"OutputName": "twice", "OutputType": "Integer"}]
    return {
        "Name": name,
        "Type": "Lambda",
        "FunctionArn": function,
        "Arguments": {"n": n},
        "OutputParameters": given,
    } | more


def looping(project: Project) -> None:
    """`each` makes `one` and then `two` of four items; `gate` and `after` follow."""
    project.file("h.py", HANDLER)
    item, one = {"Get": "ForEach.each"}, {"Get": "Steps.one.OutputParameters['twice']"}
    body = [doubling("one", item), doubling("two", one)]
    arguments = {"IterableItems": [0, 1, 2, 3], "MaxConcurrency": 2, "ForEachBody": body}
    project.steps = [
        {"Name": "each", "Type": "ForEach", "Arguments": arguments},
        doubling("after", 100, DependsOn=["each"]),
    ]


def went(project: Project, **wishes: Any) -> tuple[str, list[str], list[str]]:
    """How a run ended, the jobs that ran, and those that were reused."""
    ran = project.run(handlers={"f": "h.py:handler"}, **wishes)
    jobs = {name: o for name, o in sorted(ran.outcomes.items()) if name != "each" and o.status != "NotRun"}
    return ran.status, [n for n, o in jobs.items() if not o.reused], [n for n, o in jobs.items() if o.reused]


def test_of_a_loop_one_iteration_runs_again(project: Project) -> None:
    looping(project)
    project.file("bad.txt", "[1, 6]")
    assert went(project)[0] == "Failed"  # one-1, and two-3
    project.file("bad.txt", "[]")
    everything = ["one-0", "one-1", "one-2", "one-3", "two-0", "two-1", "two-2", "two-3"]
    first = max(path.name for path in (project.state / "executions").iterdir())
    assert went(project, resume=first, only="two-3") == (
        "Succeeded", ["two-3"], ["one-0", "one-2", "one-3", "two-0", "two-2"]
    )  # fmt: skip
    assert went(project, resume=first, only="each") == ("Succeeded", everything, [])
    assert went(project, resume=first) == (
        "Succeeded", ["after", "one-1", "two-1", "two-3"], ["one-0", "one-2", "one-3", "two-0", "two-2"]
    )  # fmt: skip
    assert went(project, resume="latest", only="after")[:2] == ("Succeeded", ["after"])
    assert went(project, resume="latest", start="each") == ("Succeeded", ["after", *everything], [])
    with pytest.raises(InputFault, match="`two` runs once for every item of `each`: name one of them, `two-0`, or"):
        project.run(resume=first, only="two")


def test_what_the_earlier_execution_wrote_must_still_be_what_it_was(project: Project) -> None:
    good = project.file("good.py", "import pathlib; pathlib.Path('/opt/ml/processing/o/x').write_text('1')")
    project.steps = [processing("one", good, None, {"o": (here("one"), "/opt/ml/processing/o")})]
    first = project.run()
    ((uri, sha, _),) = first.outcomes["one"].details["artifacts"]
    assert project.run(resume=first.id).status == "Succeeded"
    (project.state / "blobs" / sha[:2] / sha).write_bytes(b"2")
    again = project.run(resume=first.id)
    assert again.outcomes["one"].reason == f"what execution {first.id} wrote to {uri} is damaged or gone"


def test_steps_that_run_at_once_are_recorded_in_the_order_of_their_starts(project: Project) -> None:
    slow = project.file("slow.py", "import time; time.sleep(0.5)")
    quick = project.file("quick.py", "")
    project.steps = [processing("slow", slow, None, {}), processing("quick", quick, None, {})]
    ran = project.run()
    assert list(ran.outcomes) == ["quick", "slow"]
    assert list(steps_of(project.state, ran.id)) == ["slow", "quick"]
