"""Which step runs when."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from compiler.local.engine import Engine, Task
from compiler.local.outcome import Outcome
from compiler.local.plan import Fault, Node, make_plan
from compiler.local.values import Scope, State, ValueFault

Json = Any


def step(name: str, *after: Json, **arguments: Json) -> Json:
    return {"Name": name, "Type": "Lambda", "Arguments": arguments, **({"DependsOn": list(after)} if after else {})}


def on(name: str, trigger: str) -> Json:
    return {"Step": name, "Trigger": trigger}


def condition(name: str, value: Json, then: list[Json], other: list[Json]) -> Json:
    test = {"Type": "Equals", "LeftValue": value, "RightValue": 1}
    return {
        "Name": name, "Type": "Condition", "Arguments": {"Conditions": [test], "IfSteps": then, "ElseSteps": other}
    }  # fmt: skip


class Silent:
    def started(self, node: Node) -> None:
        pass

    def ended(self, node: Node, outcome: Outcome) -> None:
        pass

    def waiting(self) -> None:
        pass


class Ran:
    def __init__(self, steps: list[Json], fails: tuple[str, ...] = (), limit: int = 1, **parameters: Json) -> None:
        self.order: list[str] = []
        self.arguments: dict[str, Json] = {}
        self.at_once: list[int] = []
        self._running = 0
        self._lock = threading.Lock()
        self.fails = fails
        plan = make_plan({"Steps": steps})
        assert not plan.faults, plan.faults
        self.engine = Engine(
            plan, State(parameters, {"PipelineExecutionId": "e"}, _nothing), self.perform, Silent(), limit, pause=0.01
        )
        self.status = self.engine.run()

    def perform(self, task: Task) -> Outcome:
        with self._lock:
            self._running += 1
            self.at_once.append(self._running)
            self.order.append(task.node.name)
            self.arguments[task.node.name] = task.arguments
        if self.engine.limit > 1:
            time.sleep(0.02)
        with self._lock:
            self._running -= 1
        if task.node.name in self.fails:
            return Outcome("Failed", reason="broken")
        score = task.arguments.get("score", 0)
        return Outcome("Succeeded", {"OutputParameters": {"o": score}})

    def status_of(self, name: str) -> str:
        return self.engine.outcomes[name].status


def _nothing(uri: str) -> bytes:
    raise ValueFault(uri)


def test_a_step_runs_after_all_it_reads_and_depends_on() -> None:
    ran = Ran([step("c", a={"Get": "Steps.b.OutputParameters['o']"}), step("b", "a"), step("a")])
    assert ran.order == ["a", "b", "c"]
    assert ran.status == "Succeeded"


@pytest.mark.parametrize(("value", "expected"), [(1, ["yes"]), (2, ["no"])])
def test_one_branch_runs(value: int, expected: list[str]) -> None:
    ran = Ran([condition("gate", {"Get": "Parameters.P"}, [step("yes")], [step("no")])], P=value)
    assert ran.order == expected
    assert sorted(ran.status_of(s) for s in ("yes", "no")) == ["NotRun", "Succeeded"]


def test_after_a_failure_nothing_new_starts() -> None:
    ran = Ran([step("a"), step("b", "a"), step("c")], fails=("a",))
    assert ran.order == ["a"]
    assert ran.status == "Failed"
    assert ran.engine.outcomes["b"].reason == "`a` failed"
    assert ran.engine.outcomes["c"].reason == "an earlier step failed"


@pytest.mark.parametrize(
    ("trigger", "fails", "runs", "status"),
    [
        ("Failed", True, True, "CompletedWithFailures"),
        ("Any", True, True, "CompletedWithFailures"),
        ("Completed", True, False, "Failed"),
        ("Stopped", True, False, "Failed"),
        ("Failed", False, False, "Succeeded"),
        ("Any", False, True, "Succeeded"),
        ("Completed", False, True, "Succeeded"),
    ],
)
def test_run_conditions(trigger: str, fails: bool, runs: bool, status: str) -> None:
    ran = Ran([step("a"), step("b", on("a", trigger)), step("c", "b")], fails=("a",) if fails else ())
    assert ("b" in ran.order, "c" in ran.order, ran.status) == (runs, runs, status)


def test_several_triggers_are_anded() -> None:
    ran = Ran([step("a"), step("b"), step("c", on("a", "Failed"), "b")], fails=("a",))
    assert ran.order == ["a", "b", "c"]


def test_a_fail_step_ends_the_execution_with_its_message() -> None:
    fail = {"Name": "stop", "Type": "Fail", "Arguments": {"ErrorMessage": {"Std:Join": {"On": " ", "Values": [
        "at", {"Get": "Execution.PipelineExecutionId"}, 2.5, True]}}}}  # fmt: skip
    ran = Ran([fail, step("later", "x"), step("x")])
    assert ran.status == "Failed"
    assert ran.engine.outcomes["stop"].reason == "at e 2.5 true"
    assert ran.order == []


@pytest.mark.parametrize("limit", [2, 3])
def test_no_more_run_at_once_than_may(limit: int) -> None:
    ran = Ran([step(f"s{n}") for n in range(7)], limit=limit)
    assert max(ran.at_once) == limit
    assert ran.status == "Succeeded"


def loop(items: Json, body: list[Json], at_once: int = 50, selector: Json = None) -> Json:
    arguments = {"IterableItems": items, "MaxConcurrency": at_once, "ForEachBody": body}
    return {"Name": "each", "Type": "ForEach", "Arguments": arguments | ({"Selector": selector} if selector else {})}


def test_a_loop_runs_its_body_for_every_item() -> None:
    body = [
        step("one", score={"Get": "ForEach.CurrentItem.n"}),
        step("two", of={"Get": "Steps.one.OutputParameters['o']"}),
    ]
    pick = {"Pick": "MaxBy", "Field": {"Get": "IterationOutput.one.OutputParameters['o']"}}
    after = step(
        "after", best={"Get": "Steps.each.Selected.OutputParameters['o']"},
        second={"Get": "Steps.each.IterationOutputs[1].one.OutputParameters['o']"},
        count={"Get": "Steps.each.SucceededStepCount"}, status={"Get": "Steps.each.Status"},
    )  # fmt: skip
    ran = Ran([loop(['{"n": 3}', '{"n": 9}', '{"n": 5}'], body, selector=pick), after])
    assert sorted(ran.order[:-1]) == ["one-0", "one-1", "one-2", "two-0", "two-1", "two-2"]
    assert ran.order[-1] == "after"
    assert [ran.arguments[f"two-{n}"]["of"] for n in range(3)] == [3, 9, 5]
    assert ran.arguments["after"] == {"best": 9, "second": 9, "count": 6, "status": "Succeeded"}


def test_the_items_may_be_the_text_of_a_list() -> None:
    ran = Ran([loop({"Get": "Parameters.P"}, [step("one", x={"Get": "ForEach.CurrentItem"})])], P='["a", 2]')
    assert ran.arguments == {"one-0": {"x": "a"}, "one-1": {"x": 2}}


def test_a_loop_holds_its_own_limit() -> None:
    ran = Ran([loop([1, 2, 3, 4, 5], [step("one")], at_once=2)], limit=8)
    assert max(ran.at_once) == 2


def test_no_iteration_takes_the_name_of_another_step() -> None:
    ran = Ran([loop([1, 2], [step("one")]), step("one-1")])
    assert ran.engine.outcomes["each"].reason == "an iteration would be named `one-1`, as another step is"
    assert "one-0" not in ran.order


def test_of_many_failed_iterations_some_are_named() -> None:
    ran = Ran([loop(list(range(8)), [step("one")])], fails=tuple(f"one-{n}" for n in range(8)), limit=1)
    assert ran.engine.outcomes["each"].reason == "failed: one-0, one-1, one-2, one-3, one-4 and 3 more"


def test_a_failed_iteration_fails_the_loop_and_lets_the_others_run() -> None:
    ran = Ran([loop([1, 2, 3], [step("one")]), step("after", "each")], fails=("one-1",))
    assert ran.order == ["one-0", "one-1", "one-2"]
    assert ran.status == "Failed"
    assert ran.engine.outcomes["each"].reason == "failed: one-1"
    assert ran.engine.outcomes["each"].properties["FailedStepCount"] == 1


@pytest.mark.parametrize("items", ["no list", "{}", 7])
def test_items_that_are_no_list_fail_the_loop(items: Json) -> None:
    ran = Ran([loop({"Get": "Parameters.P"}, [step("one")])], P=items)
    assert ran.engine.outcomes["each"].reason.startswith("the items are no JSON list")


def test_an_empty_loop_ends_at_once() -> None:
    assert Ran([loop({"Get": "Parameters.P"}, [step("one")]), step("after", "each")], P="[]").order == ["after"]


def test_a_value_that_cannot_be_had_fails_the_step_that_wants_it() -> None:
    ran = Ran([step("a"), step("b", x={"Get": "Steps.a.OutputParameters['none']"})])
    assert ran.engine.outcomes["b"].reason.endswith("there is no `none`")


def test_the_plan_says_what_no_order_can_meet() -> None:
    circle = [step("c", "b"), step("a", "b"), step("b", "a")]
    assert make_plan({"Steps": circle}).faults == (Fault("/Steps/1", "steps wait for each other: `a`, `b`"),)
    assert "which is no step" in make_plan({"Steps": [step("a", "nobody")]}).faults[0].message
    assert "a second step" in make_plan({"Steps": [step("a"), step("a")]}).faults[0].message


CONDITIONS: list[tuple[Json, bool]] = [
    ({"Type": "LessThanOrEqualTo", "LeftValue": 0.85, "RightValue": {"Get": "Parameters.P"}}, True),
    ({"Type": "GreaterThan", "LeftValue": "1", "RightValue": "3"}, False),
    ({"Type": "In", "QueryValue": "b", "Values": ["a", "b"]}, True),
    ({"Type": "Not", "Condition": {"Type": "Equals", "LeftValue": 1, "RightValue": 2}}, True),
    ({"Type": "Or", "Conditions": [{"Type": "Equals", "LeftValue": 1, "RightValue": 2}] * 2}, False),
    ({"Type": "Equals", "LeftValue": True, "RightValue": "true"}, True),
]


@pytest.mark.parametrize(("given", "expected"), CONDITIONS)
def test_conditions(given: Json, expected: bool) -> None:
    assert State({"P": 0.85}, {}, _nothing).holds(given, Scope()) is expected


def test_text_and_numbers_are_not_compared() -> None:
    with pytest.raises(ValueFault, match=r'"1" and 1 cannot be compared: one is text'):
        State({}, {}, _nothing).holds({"Type": "Equals", "LeftValue": "1", "RightValue": 1}, Scope())


def test_json_is_read_by_path() -> None:
    state = State({}, {}, lambda uri: b'{"a": [{"b": {"c d": 5}}]}')
    for path in ("a[0].b['c d']", "$.a[0].b['c d']", "$['a'][0]['b']['c d']"):
        assert state.evaluate({"Std:JsonGet": {"S3Uri": "s3://b/x", "Path": path}}, Scope()) == 5
    with pytest.raises(ValueFault, match="there is no `z`"):
        state.evaluate({"Std:JsonGet": {"S3Uri": "s3://b/x", "Path": "a[0].z"}}, Scope())


def test_a_loop_that_a_failure_cuts_short_has_an_end_of_its_own() -> None:
    body = [step("one"), step("two", of={"Get": "Steps.one.OutputParameters['o']"})]
    ran = Ran([loop([1, 2, 3], body, at_once=1), step("bad"), step("after", of={"Get": "Steps.each.Status"})], ("bad",))
    outcomes = ran.engine.outcomes
    assert ran.status == "Failed" and set(outcomes) >= {"each", "after", "two-2"}
    assert (outcomes["each"].status, outcomes["each"].reason) == ("Stopped", "an earlier step failed")
    assert outcomes["two-2"].status == "NotRun"
