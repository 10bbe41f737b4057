"""Processing step: measure a trained model on rows it has not seen.

Reads    model.tar.gz below /opt/ml/processing/model and test.csv below /opt/ml/processing/test
         (numbers without a header, label first: what preprocess.py writes)
Writes   evaluation.json in /opt/ml/processing/evaluation

The report has the layout of Model Monitor's model quality metrics, so the pipeline's gate can read
`binary_classification_metrics.auc.value` from it and the model registry can show all of it. As there, a standard
deviation comes from five random samples of 80 % of the rows, and is "NaN" with fewer than 200 rows.

Bad input ends the job with one line that says why; SageMaker shows that line as the job's exit message.
"""

import argparse
import json
import posixpath
import sys
import tarfile
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn import metrics
from sklearn.model_selection import StratifiedShuffleSplit

THRESHOLD = 0.5  # a score from here on counts as fraud
CURVE_POINTS = np.linspace(0, 1, 101)


class BadInput(Exception):
    """The model or the data cannot be worked with; the text says why, in one line."""


def first_line(problem):
    return str(problem).strip().partition("\n")[0]


def find(folder, name):
    found = sorted(folder.rglob(name))
    if len(found) != 1:
        raise BadInput(f"expected one {name} below {folder}, found {len(found)}")
    return found[0]


def read_model(path):
    """The model in the archive. Its bytes are read where they are: nothing is ever unpacked onto the disk."""
    try:
        with tarfile.open(path) as archive:
            content = read_member(archive, "xgboost-model")
    except (tarfile.TarError, OSError, EOFError, zlib.error) as problem:
        raise BadInput(f"model.tar.gz is no sound archive: {first_line(problem)}") from None
    try:
        return xgb.Booster(model_file=bytearray(content))
    except (xgb.core.XGBoostError, ValueError) as problem:
        raise BadInput(f"XGBoost {xgb.__version__} cannot read xgboost-model: {first_line(problem)}") from None


def read_member(archive, name):
    members = archive.getmembers()
    escaping = [member.name for member in members if member.name.startswith("/") or ".." in member.name.split("/")]
    if escaping:
        raise BadInput(f"model.tar.gz names a path outside of itself: {escaping[0]}")
    for member in members:
        if posixpath.normpath(member.name) == name and member.isfile():
            return archive.extractfile(member).read()
    raise BadInput(f"model.tar.gz holds no {name}")


def read_test(path):
    """(labels, features) as arrays."""
    try:
        table = pd.read_csv(path, header=None).astype(float)
    except ValueError as problem:  # empty, ragged, or text in a cell (a header)
        raise BadInput(f"cannot read test.csv as numbers without a header: {first_line(problem)}") from None
    labels = table[0].to_numpy()
    if sorted(table[0].unique()) != [0, 1]:
        raise BadInput("the first column of test.csv must be the label, and both 0 and 1 must occur in it")
    return labels, table.iloc[:, 1:].to_numpy()


def predict(model, features):
    """The model's score for every row, 0 to 1."""
    if model.num_features() != features.shape[1]:
        raise BadInput(f"the model wants {model.num_features()} features, test.csv has {features.shape[1]}")
    return model.predict(xgb.DMatrix(features))


def count(labels, scores):
    """(true negatives, false positives, false negatives, true positives)."""
    return metrics.confusion_matrix(labels, scores >= THRESHOLD, labels=[0, 1]).ravel().tolist()


def measure(labels, scores):
    """Each metric's value, by Model Monitor's names. Positive means fraud; both kinds of label must occur."""
    true_neg, false_pos, false_neg, true_pos = count(labels, scores)
    flagged = true_pos + false_pos
    return {
        "auc": float(metrics.roc_auc_score(labels, scores)),
        "accuracy": (true_pos + true_neg) / len(labels),
        "precision": true_pos / flagged if flagged else 0.0,
        "recall": true_pos / (true_pos + false_neg),
        "f1": 2 * true_pos / (2 * true_pos + false_pos + false_neg),
        "true_positive_rate": true_pos / (true_pos + false_neg),
        "true_negative_rate": true_neg / (true_neg + false_pos),
        "false_positive_rate": false_pos / (true_neg + false_pos),
        "false_negative_rate": false_neg / (true_pos + false_neg),
    }


def deviations(labels, scores):
    """Each metric's standard deviation over five samples; empty when there are too few rows to tell."""
    if len(labels) < 200 or min(labels.sum(), (1 - labels).sum()) < 2:
        return {}
    draws = StratifiedShuffleSplit(n_splits=5, train_size=0.8, random_state=0).split(scores, labels)
    samples = [measure(labels[rows], scores[rows]) for rows, _ in draws]
    return {name: float(np.std([sample[name] for sample in samples])) for name in samples[0]}


def curve(labels, scores):
    """The ROC curve at 101 evenly spaced false positive rates, however many rows there are."""
    false_positive_rates, true_positive_rates, _ = metrics.roc_curve(labels, scores)
    heights = np.interp(CURVE_POINTS, false_positive_rates, true_positive_rates)
    return {"false_positive_rates": CURVE_POINTS.tolist(), "true_positive_rates": heights.tolist()}


def report(labels, scores):
    values, spread = measure(labels, scores), deviations(labels, scores)
    true_neg, false_pos, false_neg, true_pos = count(labels, scores)
    binary = {name: {"value": value, "standard_deviation": spread.get(name, "NaN")} for name, value in values.items()}
    binary["confusion_matrix"] = {"0": {"0": true_neg, "1": false_pos}, "1": {"0": false_neg, "1": true_pos}}
    binary["receiver_operating_characteristic_curve"] = curve(labels, scores)
    return {"version": 0.0, "dataset": {"item_count": len(labels)}, "binary_classification_metrics": binary}


def evaluate(arguments):
    model = read_model(find(arguments.model_dir, "model.tar.gz"))
    labels, features = read_test(find(arguments.test_dir, "test.csv"))
    scores = predict(model, features)
    arguments.output_dir.mkdir(parents=True, exist_ok=True)
    path = arguments.output_dir / "evaluation.json"
    path.write_text(json.dumps(report(labels, scores), indent=2) + "\n", encoding="utf-8")
    print(f"{path}: {len(labels)} rows, AUC {metrics.roc_auc_score(labels, scores):.4f}")


def leave_message(path, text):
    """Write the job's exit message (SageMaker reads 1 KB of it). Where there is no /opt/ml this is no container."""
    if path.parent.parent.is_dir():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text[:1000], encoding="utf-8")


def parse_arguments():
    parser = argparse.ArgumentParser(description="Measure a trained model on the test rows.")
    parser.add_argument("--model-dir", type=Path, default=Path("/opt/ml/processing/model"))
    parser.add_argument("--test-dir", type=Path, default=Path("/opt/ml/processing/test"))
    parser.add_argument("--output-dir", type=Path, default=Path("/opt/ml/processing/evaluation"))
    parser.add_argument("--message-file", type=Path, default=Path("/opt/ml/output/message"))
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    try:
        evaluate(arguments)
    except BadInput as reason:
        leave_message(arguments.message_file, str(reason))
        sys.exit(f"evaluate.py: {reason}")


if __name__ == "__main__":
    main()
