"""Training step: fit an XGBoost model, in script mode of SageMaker's XGBoost container.

Reads    every .csv below SM_CHANNEL_TRAIN and, when that channel exists, SM_CHANNEL_VALIDATION
         (numbers without a header, label first: what preprocess.py writes)
Writes   xgboost-model in SM_MODEL_DIR; SageMaker packs that folder as model.tar.gz
Prints   one line a round, `[0]\ttrain-auc:0.71\tvalidation-auc:0.68`, from which SageMaker reads `validation:auc`

Without a validation channel, a part of the training rows is held out to validate on. The container sets the SM_*
variables and turns each hyperparameter into an argument, `--max_depth 6`. One that is not given has the value of
`DEFAULTS`, or else XGBoost's own; `scale_pos_weight` is then honest rows by fraudulent ones, so that both weigh alike.

The model is saved as JSON, and training always starts from `base_score` 0.5: that pair is read alike by XGBoost 1.7 and
3.2, in both directions, with and without this folder's inference.py. (The binary form that `save_model` of 1.7 chooses
cannot be read by 3.2; any other base score that 3.2 writes is silently misread by 1.7.)
"""

import argparse
import json
import os
import sys
from pathlib import Path

import pandas as pd
import xgboost as xgb
from sklearn.model_selection import train_test_split

BOOSTER_PARAMETERS = {  # XGBoost's name -> its type; what a pipeline may set, and a tuning step may vary
    "objective": str,
    "tree_method": str,
    "max_depth": int,
    "max_bin": int,
    "eta": float,
    "gamma": float,
    "min_child_weight": float,
    "max_delta_step": float,
    "subsample": float,
    "colsample_bytree": float,
    "lambda": float,
    "alpha": float,
    "scale_pos_weight": float,
    "seed": int,
    "nthread": int,
}
DEFAULTS = {  # shallow trees in small steps: with few cases of fraud, XGBoost's own 6 and 0.3 learn them by heart
    "objective": "binary:logistic",
    "tree_method": "hist",
    "max_depth": 2,
    "eta": 0.05,
    "subsample": 0.8,
    "seed": 1,
}


class BadInput(Exception):
    """The data or a hyperparameter cannot be worked with; the text says why, in one line."""


def first_line(problem):
    return str(problem).strip().partition("\n")[0]


class HyperparameterParser(argparse.ArgumentParser):
    def error(self, message):
        raise BadInput(f"hyperparameters: {message}")


def parse_hyperparameters():
    parser = HyperparameterParser(description="Train an XGBoost model.", allow_abbrev=False)
    parser.add_argument("--num_round", type=int, default=100, help="how many trees (default: 100)")
    parser.add_argument("--eval_metric", default="auc", help="XGBoost metrics, with commas between (default: auc)")
    parser.add_argument("--validation_share", type=float, default=0.2, help="rows to hold out when none are given")
    parser.add_argument("--_tuning_objective_metric", help=argparse.SUPPRESS)  # a tuning job passes this to every job
    for name, kind in BOOSTER_PARAMETERS.items():
        parser.add_argument(f"--{name}", type=kind, default=DEFAULTS.get(name), help="as in XGBoost")
    return parser.parse_args()


def booster_parameters(hyperparameters, labels):
    named = {name: getattr(hyperparameters, name) for name in BOOSTER_PARAMETERS}
    given = {name: value for name, value in named.items() if value is not None}
    balance = {"scale_pos_weight": (1 - labels).sum() / max(labels.sum(), 1)}
    return {**balance, **given, "base_score": 0.5, "eval_metric": hyperparameters.eval_metric.split(",")}


def read_channel(folder):
    """All rows of all .csv files below `folder`, as one table of numbers; column 0 is the label."""
    files = sorted(Path(folder).glob("**/*.csv"))
    if not files:
        raise BadInput(f"no .csv file below {folder}")
    table = pd.concat([read_numbers(file) for file in files], ignore_index=True)
    if sorted(table[0].unique()) != [0, 1]:
        raise BadInput(f"the first column below {folder} must be the label, and both 0 and 1 must occur in it")
    return table


def read_numbers(file):
    try:
        return pd.read_csv(file, header=None).astype(float)
    except ValueError as problem:  # empty, ragged, or text in a cell (a header)
        raise BadInput(f"cannot read {file.name} as numbers without a header: {first_line(problem)}") from None


def hold_out(table, share, seed):
    """(train, validation), with the same share of positives in both."""
    try:
        return train_test_split(table, test_size=share, random_state=seed, stratify=table[0])
    except ValueError as problem:
        raise BadInput(f"cannot hold out rows for validation: {first_line(problem)}") from None


def to_matrix(table):
    return xgb.DMatrix(table.iloc[:, 1:].to_numpy(), label=table[0])


def fit(train, validation, hyperparameters):
    print(f"training on {len(train)} rows, validating on {len(validation)}", flush=True)
    parameters = booster_parameters(hyperparameters, train[0])
    matrices = [(to_matrix(train), "train"), (to_matrix(validation), "validation")]
    try:
        return xgb.train(parameters, matrices[0][0], hyperparameters.num_round, evals=matrices)
    except (xgb.core.XGBoostError, ValueError) as problem:
        raise BadInput(f"XGBoost refuses: {first_line(problem)}") from None


def train():
    hosts = json.loads(os.environ.get("SM_HOSTS", "[]"))
    if len(hosts) > 1:
        raise BadInput(f"this script trains on one instance, not on {len(hosts)}: set instance_count to 1")

    hyperparameters = parse_hyperparameters()
    rows = read_channel(os.environ.get("SM_CHANNEL_TRAIN", "/opt/ml/input/data/train"))
    if "SM_CHANNEL_VALIDATION" in os.environ:
        validation = read_channel(os.environ["SM_CHANNEL_VALIDATION"])
    else:
        rows, validation = hold_out(rows, hyperparameters.validation_share, hyperparameters.seed)
    model = fit(rows, validation, hyperparameters)

    folder = Path(os.environ.get("SM_MODEL_DIR", "/opt/ml/model"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "xgboost-model").write_bytes(model.save_raw(raw_format="json"))


def leave_failure(path, text):
    """Write what SageMaker shows as the job's failure reason. Where there is no /opt/ml this is no container."""
    if path.parent.parent.is_dir():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text[:1000], encoding="utf-8")


def main():
    try:
        train()
    except BadInput as reason:
        leave_failure(Path(os.environ.get("SM_OUTPUT_DIR", "/opt/ml/output")) / "failure", str(reason))
        sys.exit(f"train.py: {reason}")


if __name__ == "__main__":
    main()
