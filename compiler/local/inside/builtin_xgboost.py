"""Inside a job: XGBoost without a script, as its image trains. CSV without header, label first, or libsvm.

Reads the hyperparameters as text, the channels `train` and `validation`, and writes the model as `xgboost-model`.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from typing import Any

import numpy as np
import xgboost as xgb

INPUT = os.environ.get("SM_INPUT_DIR", "/opt/ml/input")
OUTPUT = os.environ.get("SM_OUTPUT_DIR", "/opt/ml/output")
MODEL = os.environ.get("SM_MODEL_DIR", "/opt/ml/model")
OWN = ("num_round", "csv_weights", "early_stopping_rounds", "_tuning_objective_metric", "save_model_on_termination")


def read(path: str) -> Any:
    with open(path) as file:
        return json.load(file)


def files_of(folder: str) -> list[str]:
    found = [os.path.join(parent, name) for parent, _, names in os.walk(folder) for name in names]
    return sorted(path for path in found if not os.path.basename(path).startswith("."))


def matrix(channel: str, content_type: str) -> Any:
    folder = os.path.join(INPUT, "data", channel)
    rows: list[list[float]] = []
    if "libsvm" in content_type:
        return xgb.DMatrix("%s?format=libsvm" % folder)
    for path in files_of(folder):
        with open(path, newline="") as file:
            rows += [[float(cell or "nan") for cell in row] for row in csv.reader(file) if row]
    table = np.array(rows, dtype=float)
    return xgb.DMatrix(table[:, 1:], label=table[:, 0])


def typed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def main() -> None:
    given = {name: typed(text) for name, text in read(os.path.join(INPUT, "config", "hyperparameters.json")).items()}
    channels = read(os.path.join(INPUT, "config", "inputdataconfig.json"))
    matrices = {
        name: matrix(name, channels[name].get("ContentType") or "text/libsvm")
        for name in ("train", "validation")
        if name in channels
    }
    parameters = {name: value for name, value in given.items() if name not in OWN and not name.startswith("sagemaker")}
    metric = str(given.get("_tuning_objective_metric", "")).partition(":")[2]
    if metric and "eval_metric" not in parameters:
        parameters["eval_metric"] = metric
    if isinstance(parameters.get("eval_metric"), str):
        parameters["eval_metric"] = parameters["eval_metric"].split(",")
    watched = [(matrices[name], name) for name in ("train", "validation") if name in matrices]
    stop = given.get("early_stopping_rounds")
    model = xgb.train(parameters, matrices["train"], int(given["num_round"]), evals=watched, early_stopping_rounds=stop)
    with open(os.path.join(MODEL, "xgboost-model"), "wb") as file:
        file.write(model.save_raw(raw_format="json"))


if __name__ == "__main__":
    try:
        main()
    except Exception as problem:
        with open(os.path.join(OUTPUT, "failure"), "w") as file:
            file.write("%s: %s" % (type(problem).__name__, problem))
        sys.exit(1)
