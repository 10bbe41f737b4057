"""The generator: the same bytes everywhere, the columns and values of the real data."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest
from step_runs import CONTAINER_PYTHON, Run

COLUMNS = {
    "claims.csv": (
        "policy_id,driver_relationship,incident_type,collision_type,incident_severity,authorities_contacted,"
        "num_vehicles_involved,num_injuries,num_witnesses,police_report_available,injury_claim,vehicle_claim,"
        "total_claim_amount,incident_month,incident_day,incident_dow,incident_hour,fraud"
    ),
    "customers.csv": (
        "policy_id,customer_age,months_as_customer,num_claims_past_year,num_insurers_past_5_years,policy_state,"
        "policy_deductable,policy_annual_premium,policy_liability,customer_zip,customer_gender,customer_education,"
        "auto_year"
    ),
}
DIGESTS = {  # of --rows 5000 --seed 7, found on Python 3.8, 3.10, 3.11 and 3.13
    "claims.csv": "ba9e56e86ef644be2d7f083ce056e217ad20d526579f27b716607dfa9d2b67de",
    "customers.csv": "9fe2401f6a461a2fda927043c210dbfaf749c55b1e509f47a08ce0d2ccc1f28b",
}


def digests(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in DIGESTS}


def test_the_bytes_are_the_same_everywhere(claims: Path) -> None:
    assert digests(claims) == DIGESTS


@pytest.mark.skipif(CONTAINER_PYTHON is None, reason="SAGEPIPE_CONTAINER_PYTHON names no interpreter")
def test_the_bytes_are_the_same_on_the_containers_python(run: Run, tmp_path: Path) -> None:
    assert run("generate_data.py", tmp_path, python=str(CONTAINER_PYTHON)).returncode == 0
    assert digests(tmp_path) == DIGESTS


def test_columns_and_values(claims: Path) -> None:
    tables = {}
    for name, header in COLUMNS.items():
        with (claims / name).open(newline="") as file:
            reader = csv.DictReader(file)
            tables[name] = list(reader)
            assert reader.fieldnames == header.split(",")
        assert [row["policy_id"] for row in tables[name]] == [str(number) for number in range(1, 5001)]
    fraud = sum(row["fraud"] == "1" for row in tables["claims.csv"])
    assert fraud == 164
    assert {row["collision_type"] for row in tables["claims.csv"]} == {"N/A", "Front", "Rear", "Side"}
    assert {row["authorities_contacted"] for row in tables["claims.csv"]} == {"None", "Police", "Ambulance", "Fire"}
    assert {row["customer_gender"] for row in tables["customers.csv"]} == {"Unkown", "Female", "Male", "Other"}


def test_another_seed_gives_other_claims(run: Run, tmp_path: Path) -> None:
    assert run("generate_data.py", "--rows", 3, "--seed", 8, tmp_path).returncode == 0
    claims = (tmp_path / "claims.csv").read_text().splitlines()
    assert len(claims) == 4
    assert claims[1] != "1,Self,Collision,Front,Major,Police,1,0,0,No,2700,15753.52,18453.52,2,14,5,2,0"


def test_no_rows_is_a_usage_error(run: Run, tmp_path: Path) -> None:
    done = run("generate_data.py", "--rows", 0, tmp_path)
    assert done.returncode == 2
    assert done.stderr.endswith("error: --rows must be at least 1\n")
