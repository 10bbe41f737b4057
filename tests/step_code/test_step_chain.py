"""From raw claims to a report, and what each script promises to the next."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from step_runs import CONTAINER_PYTHON, Chain, Run

# What SageMaker applies to the log of its XGBoost images; its log shows a tab as "#011".
STOCK_REGEX = r".*\[[0-9]+\].*#011validation-auc:(\S+)"


def auc(chain: Chain) -> float:
    return float(json.loads(chain.report.read_text())["binary_classification_metrics"]["auc"]["value"])


def test_a_model_of_the_generated_claims_is_sound(chain: Chain) -> None:
    assert 0.74 < auc(chain) < 0.90


def test_the_tables_are_what_the_xgboost_container_reads(chain: Chain) -> None:
    rows = {path: [line.split(",") for line in path.read_text().splitlines()] for path in (chain.train, chain.test)}
    assert {path.name: len(table) for path, table in rows.items()} == {"train.csv": 4000, "test.csv": 1000}
    for table in rows.values():
        assert {len(row) for row in table} == {28}
        assert {row[0] for row in table} == {"0", "1"}
        assert all(float(cell) >= 0 for row in table for cell in row)
    shares = [sum(row[0] == "1" for row in table) / len(table) for table in rows.values()]
    assert shares[0] == pytest.approx(shares[1], abs=0.001)


def test_the_stock_metric_regex_finds_a_value_each_round(chain: Chain) -> None:
    found = re.findall(STOCK_REGEX, chain.log.replace("\t", "#011"))
    assert len(found) == 40
    assert all(0.5 < float(value) <= 1 for value in found)
    assert re.search(r"^\[39\]\ttrain-auc:0\.\d+\tvalidation-auc:0\.\d+$", chain.log, re.MULTILINE)


def test_the_report_has_the_layout_of_model_monitor(chain: Chain) -> None:
    report = json.loads(chain.report.read_text())["binary_classification_metrics"]
    confusion = report["confusion_matrix"]
    assert sum(confusion["0"].values()) + sum(confusion["1"].values()) == 1000
    hits, misses, alarms = confusion["1"]["1"], confusion["1"]["0"], confusion["0"]["1"]
    assert report["recall"]["value"] == pytest.approx(hits / (hits + misses))
    assert report["precision"]["value"] == pytest.approx(hits / (hits + alarms))
    assert report["accuracy"]["value"] == pytest.approx(1 - (misses + alarms) / 1000)
    for name in ("auc", "accuracy", "precision", "recall", "f1"):
        assert 0 < report[name]["value"] < 1
        assert 0 < report[name]["standard_deviation"] < 0.2
    curve = report["receiver_operating_characteristic_curve"]
    heights = curve["true_positive_rates"]
    assert heights == sorted(heights)
    assert heights[-1] == 1
    assert sum(heights) / len(heights) == pytest.approx(report["auc"]["value"], abs=0.02)


def test_the_same_claims_as_two_inputs_give_the_same(chain: Chain, claims: Path, run: Run, tmp_path: Path) -> None:
    for name in ("claims", "customers"):
        folder = tmp_path / "input" / name
        folder.mkdir(parents=True)
        (folder / f"{name}.csv").write_bytes((claims / f"{name}.csv").read_bytes())
    assert run("preprocess.py", "--input-dir", tmp_path / "input", "--output-dir", tmp_path).returncode == 0
    assert (tmp_path / "train" / "train.csv").read_bytes() == chain.train.read_bytes()
    assert (tmp_path / "test" / "test.csv").read_bytes() == chain.test.read_bytes()


def test_a_validation_channel_and_every_hyperparameter_of_a_tuning_job(chain: Chain, run: Run, tmp_path: Path) -> None:
    channels = {"SM_CHANNEL_TRAIN": chain.train.parent, "SM_CHANNEL_VALIDATION": chain.test.parent}
    given = "--objective binary:logistic --num_round 3 --max_depth 4 --eta 0.7 --min_child_weight 2.5 --alpha 0.25"
    more = "--lambda 1 --scale_pos_weight 29 --_tuning_objective_metric validation:auc --eval_metric logloss,auc"
    done = run("train.py", *given.split(), *more.split(), env={**channels, "SM_MODEL_DIR": tmp_path})
    assert done.returncode == 0, done.stderr
    assert "training on 4000 rows, validating on 1000" in done.stdout
    assert re.findall(STOCK_REGEX, done.stdout.replace("\t", "#011"))[2:]
    learner = json.loads((tmp_path / "xgboost-model").read_text())["learner"]
    trees = learner["gradient_booster"]["model"]["trees"]
    assert len(trees) == 3
    assert any(len(tree["left_children"]) > 15 for tree in trees), "deeper than the default"


def test_the_containers_releases_find_the_same(chain: Chain, container_chain: Chain) -> None:
    assert container_chain.train.read_bytes() == chain.train.read_bytes()
    assert container_chain.test.read_bytes() == chain.test.read_bytes()
    assert auc(container_chain) == pytest.approx(auc(chain), abs=0.01)
    assert len(re.findall(STOCK_REGEX, container_chain.log.replace("\t", "#011"))) == 40


def test_a_model_can_change_releases(chain: Chain, container_chain: Chain, run: Run, tmp_path: Path) -> None:
    def score(made_by: Chain, python: str) -> float:
        folders = ("--model-dir", made_by.folder, "--test-dir", chain.test.parent, "--output-dir", tmp_path / "report")
        done = run("evaluate.py", *folders, python=python)
        assert done.returncode == 0, done.stderr
        return auc(Chain(tmp_path, done.stdout))

    assert score(chain, str(CONTAINER_PYTHON)) == pytest.approx(auc(chain), abs=1e-6)
    assert score(container_chain, sys.executable) == pytest.approx(auc(container_chain), abs=1e-6)
