"""Serving: answer an endpoint or a batch transform with fraud scores, in SageMaker's XGBoost container.

The container calls these four functions: `model_fn` once, the others for every request. One row of features in (no
label, the order preprocess.py writes), one score from 0 to 1 out. Reads and answers text/csv and application/json.

The container can serve the model of train.py without this file too; with it, a request that does not fit is refused
with a reason instead of being scored wrongly. Rows that still begin with their label are cut by a batch transform with
`input_filter: $[1:]`.
"""

import csv
import json
from pathlib import Path

import numpy as np
import xgboost as xgb


def model_fn(model_dir):
    """The model of the unpacked model.tar.gz."""
    return xgb.Booster(model_file=bytearray((Path(model_dir) / "xgboost-model").read_bytes()))


def input_fn(body, content_type):
    """The rows of a request, as an array of rows × features; an empty CSV cell or a JSON null is "not known"."""
    text = body.decode("utf-8") if isinstance(body, (bytes, bytearray)) else body
    rows = READERS[media_type(content_type, READERS)](text)
    if not rows or len({len(row) for row in rows}) != 1:
        raise ValueError("a request must hold at least one row, and all rows must be equally long")
    return np.array(rows, dtype=float)


def predict_fn(rows, model):
    """One score a row."""
    if rows.shape[1] != model.num_features():
        raise ValueError(f"a row must hold {model.num_features()} features and no label, not {rows.shape[1]} values")
    return model.predict(xgb.DMatrix(rows))


def output_fn(scores, accept):
    """The answer, in the order of the rows: a line each in CSV, a list in JSON."""
    return WRITERS[media_type(accept, WRITERS)](scores.tolist())


def media_type(header, known):
    """`text/csv` of `text/csv; charset=utf-8`; the first of `known` where the caller takes anything."""
    name = (header or "*/*").split(";")[0].strip().lower()
    if name == "*/*":
        return next(iter(known))
    if name not in known:
        raise ValueError(f"{name} is not supported; {' and '.join(known)} are")
    return name


def read_csv(text):
    return [[float(cell.strip() or "nan") for cell in row] for row in csv.reader(text.splitlines()) if row]


def read_json(text):
    """A list of rows, bare or as {"instances": …}."""
    content = json.loads(text)
    return content["instances"] if isinstance(content, dict) else content


def write_csv(scores):
    return "".join(f"{score}\n" for score in scores)


def write_json(scores):
    return json.dumps({"predictions": scores})


READERS = {"text/csv": read_csv, "application/json": read_json}
WRITERS = {"text/csv": write_csv, "application/json": write_json}
