"""Inside a job: a serving container's part of a batch transform.

serve.py SCRIPT ACCEPT CALLS ANSWERS: the last two are JSON files, lists of payloads: a content type, and base64.
SCRIPT is a serving script with model_fn, input_fn, predict_fn and output_fn, or "" for an XGBoost model without one.
"""

from __future__ import annotations

import base64
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


def read(text: str, content_type: str) -> Any:
    import numpy

    if "json" in content_type:
        return numpy.array(json.loads(text), dtype=float)
    return numpy.array([[float(cell or "nan") for cell in line.split(",")] for line in text.splitlines() if line])


def predict(rows: Any, model: Any) -> Any:
    if type(model).__name__ != "Booster":
        return model.predict(rows)
    import xgboost

    return model.predict(xgboost.DMatrix(rows))


def write(scores: Any, accept: str) -> str:
    if "json" in accept:
        return json.dumps(scores.tolist())
    return "".join("%s\n" % score for score in scores.tolist())


def as_sent(content_type: str, body: bytes) -> Any:
    """As the serving containers hand a payload on: text as such, all else as bytes."""
    return body.decode() if content_type.startswith("text/") or "json" in content_type else body


def main(script: str, accept: str, calls: str, answers: str) -> None:
    module: Any = load(script) if script else Plain()
    model = module.model_fn(MODEL)
    reading = getattr(module, "input_fn", read)
    scoring = getattr(module, "predict_fn", predict)
    writing = getattr(module, "output_fn", write)
    with open(calls) as file:
        payloads = json.load(file)
    said = []
    for content_type, encoded in payloads:
        payload = as_sent(content_type, base64.b64decode(encoded))
        answer = writing(scoring(reading(payload, content_type), model), accept)
        answer, kind = answer if isinstance(answer, tuple) else (answer, accept)
        body = answer if isinstance(answer, bytes) else str(answer).encode()
        said.append([kind, base64.b64encode(body).decode()])
    with open(answers, "w") as file:
        json.dump(said, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
