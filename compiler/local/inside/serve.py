"""Inside a job: a serving container's part of a batch transform.

serve.py SCRIPT CONTENT_TYPE ACCEPT CALLS ANSWERS: the last two are JSON files, a list of payloads and one of answers.
SCRIPT is a serving script with model_fn, input_fn, predict_fn and output_fn, or "" for an XGBoost model without one.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from typing import Any

MODEL = os.environ.get("SM_MODEL_DIR", "/opt/ml/model")


def load(path: str) -> Any:
    sys.path.insert(0, os.path.dirname(path))
    spec: Any = importlib.util.spec_from_file_location("serving_script", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Plain:
    """What the XGBoost image does by itself: numbers in, one score a row out."""

    def model_fn(self, folder: str) -> Any:
        import xgboost

        with open(os.path.join(folder, "xgboost-model"), "rb") as file:
            return xgboost.Booster(model_file=bytearray(file.read()))


def read_csv(text: str) -> Any:
    import numpy

    return numpy.array([[float(cell or "nan") for cell in line.split(",")] for line in text.splitlines() if line])


def predict(rows: Any, model: Any) -> Any:
    import xgboost

    return model.predict(xgboost.DMatrix(rows))


def write_csv(scores: Any) -> str:
    return "".join("%s\n" % score for score in scores.tolist())


def main(script: str, content_type: str, accept: str, calls: str, answers: str) -> None:
    module: Any = load(script) if script else Plain()
    model = module.model_fn(MODEL)
    read = getattr(module, "input_fn", None) or (lambda body, _: read_csv(body))
    score = getattr(module, "predict_fn", None) or predict
    write = getattr(module, "output_fn", None) or (lambda scores, _: write_csv(scores))
    with open(calls) as file:
        payloads = json.load(file)
    said = []
    for payload in payloads:
        answer = write(score(read(payload, content_type), model), accept)
        answer = answer[0] if isinstance(answer, tuple) else answer
        said.append(answer.decode() if isinstance(answer, bytes) else str(answer))
    with open(answers, "w") as file:
        json.dump(said, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
