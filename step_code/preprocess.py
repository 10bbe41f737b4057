"""Processing step: raw claims and customers in, the two tables the model is trained and tested on out.

Reads    claims.csv and customers.csv, anywhere below /opt/ml/processing/input
Writes   train/train.csv and test/test.csv below /opt/ml/processing/output

The written files have no header, hold numbers only, and begin with the label: the form XGBoost's container reads.
A text column becomes the position of the text in the column's list below, so a claim is encoded the same way today and
next year, whatever other claims lie beside it. Columns not listed here are left out (`customer_zip` among them: it
tells who, not what). An empty cell in a number column stays empty, which XGBoost takes as "not known".

Bad input ends the job with one line that says why; SageMaker shows that line as the job's exit message.
"""

import argparse
import sys
from pathlib import Path

import pandas as pd
from sklearn.model_selection import train_test_split

KEY = "policy_id"
LABEL = "fraud"
NUMBER = None

CLAIMS = {
    "fraud": ("0", "1"),
    "driver_relationship": ("N/A", "Self", "Spouse", "Child", "Other"),
    "incident_type": ("Collision", "Break-in", "Theft"),
    "collision_type": ("N/A", "Front", "Rear", "Side"),
    "incident_severity": ("Minor", "Major", "Totaled"),
    "authorities_contacted": ("None", "Police", "Ambulance", "Fire"),
    "num_vehicles_involved": NUMBER,
    "num_injuries": NUMBER,
    "num_witnesses": NUMBER,
    "police_report_available": ("No", "Yes"),
    "injury_claim": NUMBER,
    "vehicle_claim": NUMBER,
    "total_claim_amount": NUMBER,
    "incident_month": NUMBER,
    "incident_day": NUMBER,
    "incident_dow": NUMBER,
    "incident_hour": NUMBER,
}
CUSTOMERS = {
    "customer_age": NUMBER,
    "months_as_customer": NUMBER,
    "num_claims_past_year": NUMBER,
    "num_insurers_past_5_years": NUMBER,
    "policy_state": ("AZ", "CA", "ID", "NV", "OR", "WA"),
    "policy_deductable": NUMBER,
    "policy_annual_premium": NUMBER,
    "policy_liability": ("15/30", "25/50", "30/60", "100/200"),
    "customer_gender": ("Unkown", "Female", "Male", "Other"),
    "customer_education": ("Below High School", "High School", "Associate", "Bachelor", "Advanced Degree"),
    "auto_year": NUMBER,
}


class BadInput(Exception):
    """The data or the arguments cannot be worked with; the text says why, in one line."""


def first_line(problem):
    return str(problem).strip().partition("\n")[0]


def read_table(folder, name, columns):
    """The one file called `name` below `folder`, each cell as the text it is ('None' and 'N/A' too)."""
    found = sorted(folder.rglob(name))
    if not found:
        raise BadInput(f"no {name} below {folder}")
    if len(found) > 1:
        raise BadInput(f"more than one {name} below {folder}: {', '.join(map(str, found))}")
    try:
        table = pd.read_csv(found[0], dtype=str, index_col=False, keep_default_na=False, encoding="utf-8-sig")
    except ValueError as problem:  # pandas' own errors for empty, ragged and undecodable files are all ValueErrors
        raise BadInput(f"cannot read {name}: {first_line(problem)}") from None
    missing = [column for column in (KEY, *columns) if column not in table.columns]
    if missing:
        raise BadInput(f"{name} lacks {', '.join(missing)}; its columns are {', '.join(table.columns)}")
    if table.empty:
        raise BadInput(f"{name} has a header but no rows")
    return table


def encode(table, columns):
    """The listed columns of `table`, in the order of the list, as numbers."""
    encoded = {column: encode_column(table[column], values) for column, values in columns.items()}
    return pd.DataFrame(encoded)


def encode_column(cells, values):
    if values is not NUMBER:
        positions = {text: position for position, text in enumerate(values)}
        unknown = [cell for cell in cells.unique() if cell not in positions]
        if unknown:
            raise BadInput(f"column {cells.name} holds {unknown[0]!r}; known are {', '.join(values)}")
        return cells.map(positions)
    try:
        return cells.replace("", "nan").astype(float)
    except ValueError as problem:
        raise BadInput(f"column {cells.name} holds text where a number must stand: {first_line(problem)}") from None


def join(claims, customers):
    """Each claim with its customer, in the order of the claims; a claim without a customer is left out."""
    twice = customers[KEY][customers[KEY].duplicated()]
    if not twice.empty:
        raise BadInput(f"customers.csv holds {KEY} {twice.iloc[0]} more than once")
    joined = claims.merge(customers, on=KEY)
    if joined.empty:
        raise BadInput(f"no {KEY} of claims.csv occurs in customers.csv")
    if len(joined) < len(claims):
        print(f"{len(claims) - len(joined)} claims without a customer are left out")
    return joined


def split(table, rate, seed):
    """(train, test); both hold the same share of fraud, test holds `rate` of the rows."""
    if table[LABEL].nunique() < 2:
        raise BadInput(f"{LABEL} is {table[LABEL].iloc[0]} in every row: there is nothing to tell apart")
    try:
        return train_test_split(table, test_size=rate, random_state=seed, stratify=table[LABEL])
    except ValueError as problem:  # too few rows of a kind, or a rate outside 0 to 1
        raise BadInput(f"cannot split the data: {first_line(problem)}") from None


def write_table(table, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, header=False, index=False, float_format="%.12g")
    print(f"{path}: {len(table)} rows, {table[LABEL].mean():.1%} fraud")


def preprocess(arguments):
    claims = read_table(arguments.input_dir, "claims.csv", CLAIMS)
    customers = read_table(arguments.input_dir, "customers.csv", CUSTOMERS)
    table = encode(join(claims, customers), {**CLAIMS, **CUSTOMERS})
    train, test = split(table, arguments.split_rate, arguments.seed)
    write_table(train, arguments.output_dir / "train" / "train.csv")
    write_table(test, arguments.output_dir / "test" / "test.csv")


def leave_message(path, text):
    """Write the job's exit message (SageMaker reads 1 KB of it). Where there is no /opt/ml this is no container."""
    if path.parent.parent.is_dir():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text[:1000], encoding="utf-8")


def parse_arguments():
    parser = argparse.ArgumentParser(description="Join, encode and split the claims data.")
    parser.add_argument("--split-rate", type=float, default=0.2, help="share of the rows to test on (default: 0.2)")
    parser.add_argument("--seed", type=int, default=1, help="another seed splits differently (default: 1)")
    parser.add_argument("--input-dir", type=Path, default=Path("/opt/ml/processing/input"))
    parser.add_argument("--output-dir", type=Path, default=Path("/opt/ml/processing/output"))
    parser.add_argument("--message-file", type=Path, default=Path("/opt/ml/output/message"))
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    try:
        preprocess(arguments)
    except BadInput as reason:
        leave_message(arguments.message_file, str(reason))
        sys.exit(f"preprocess.py: {reason}")


if __name__ == "__main__":
    main()
