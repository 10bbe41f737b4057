"""What is kept is looked after: checked, and removed where nothing names it."""

from __future__ import annotations

from typing import Any

from test_cache import copying
from tiny import HOUR, Project, here, output, processing

from compiler.local.records import Execution


def test_upkeep_finds_faults_and_removes_what_nothing_needs(project: Project, sagepipe: Any) -> None:
    copying(project)
    ran = project.run()
    root = ("--root", project.folder)
    assert sagepipe("cache", *root, "verify").returncode == 0
    sha = ran.outcomes["one"].details["artifacts"][0][1]
    (project.state / "blobs" / sha[:2] / sha).write_bytes(b"damaged")
    found = sagepipe("cache", *root, "verify")
    assert found.returncode == 1 and "is damaged or gone" in found.stdout
    assert len(sagepipe("cache", *root, "list").stdout.splitlines()) == 3
    assert sagepipe("cache", *root, "prune", "--older", "1d").stderr.startswith("removed 0 results")
    done = sagepipe("cache", *root, "prune", "--executions")
    assert done.stderr.startswith("removed 2 results, 1 execution, "), done.stderr
    assert not [path for path in (project.state / "blobs").rglob("*") if path.is_file()]


def test_looking_makes_nothing(project: Project, sagepipe: Any) -> None:
    for words in (["runs"], ["runs", "models"], ["cache", "list"], ["cache", "verify"], ["cache", "prune"]):
        done = sagepipe(words[0], "--root", project.folder, *words[1:])
        assert done.returncode == 0, done.stderr
    assert "nothing ran here yet" in sagepipe("runs", "--root", project.folder).stderr
    assert not project.state.exists()


def test_what_a_job_forbade_is_removed_too_and_links_are_not_followed(project: Project, sagepipe: Any) -> None:
    kept = project.folder / "kept"
    kept.mkdir(0o500)
    made = project.state / "executions"
    aside = made / ".gone-1"
    Execution(project.state, "p", {}).close()
    for folder in (next(made.iterdir()) / "shut", aside / "shut"):
        folder.mkdir(parents=True)
        (folder / "file").touch()
        (folder.parent / "link").symlink_to(kept)
        folder.chmod(0)
    assert sagepipe("cache", "--root", project.folder, "prune", "--executions").returncode == 0
    assert not list(made.iterdir())
    assert kept.stat().st_mode & 0o777 == 0o500


def test_damaged_records_of_executions_are_passed_over(project: Project, sagepipe: Any) -> None:
    execution = Execution(project.state, "p", {})
    (execution.folder / "steps").mkdir()
    (execution.folder / "steps" / "s.json").write_text("[]", encoding="utf-8")
    execution.finish("Succeeded", {})
    execution.close()
    other = project.state / "executions" / "other"
    other.mkdir()
    (other / "execution.json").write_text('{"id": "other"}', encoding="utf-8")
    assert len(sagepipe("runs", "--root", project.folder).stdout.splitlines()) == 2
    assert sagepipe("runs", "--root", project.folder, "show").returncode == 0


MODEL = "import pathlib; pathlib.Path('/opt/ml/processing/o/m.tar.gz').write_text('weights')"


def test_pruning_leaves_what_is_registered_and_nothing_else(project: Project, sagepipe: Any) -> None:
    """Two places may share one content, and then one file on the disk."""
    code = project.file("model.py", MODEL)
    outs = {n: {"o": (here(n), "/opt/ml/processing/o")} for n in ("one", "two")}
    data = {"Std:Join": {"On": "/", "Values": [output("one", "o"), "m.tar.gz"]}}
    register = {
        "Name": "register", "Type": "RegisterModel",
        "Arguments": {
            "ModelPackageGroupName": "g",
            "InferenceSpecification": {"Containers": [{"Image": "i", "ModelDataUrl": data}]},
        },
    }  # fmt: skip
    project.steps = [processing(n, code, None, outs[n], CacheConfig=HOUR) for n in ("one", "two")]
    project.run()
    project.run()
    assert sagepipe("cache", "--root", project.folder, "prune", "--executions").returncode == 0
    assert not list(project.state.joinpath("objects").rglob("m.tar.gz"))
    project.steps.append(register)
    ran = project.run()
    assert sagepipe("cache", "--root", project.folder, "prune", "--executions").returncode == 0
    kept = project.state / "objects" / "b" / ran.id / "one" / "m.tar.gz"
    assert kept.read_text() == "weights"
    assert sagepipe("cache", "--root", project.folder, "verify").returncode == 0


def test_nothing_is_pruned_while_something_runs(project: Project, sagepipe: Any) -> None:
    copying(project)
    project.run()
    execution = Execution(project.state, "p", {})
    done = sagepipe("cache", "--root", project.folder, "prune", "--executions")
    assert (done.returncode, done.stderr) == (
        1, f"execution {execution.id} runs at the moment; nothing was removed\n"
    )  # fmt: skip
    assert len(sagepipe("cache", "--root", project.folder, "list").stdout.splitlines()) == 3
    execution.close()
    assert sagepipe("cache", "--root", project.folder, "prune", "--executions").returncode == 0
