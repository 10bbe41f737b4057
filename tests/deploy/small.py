"""A small pipeline and how to edit it, credentials that are none, and what `sagepipe` is to these tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

ROOT = Path(__file__).parents[2]
KEY, SECRET = "AKIACANARY0000000000", "canary-secret-0123456789abcdefghijkl"
TOKEN = "IQoJcanaryTOKEN/0123456789+abcdef="
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_SESSION_TOKEN": TOKEN,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "NO_PROXY": "127.0.0.1",
}
Sagepipe = Callable[..., Result]

PIPELINE = """\
version: 1
pipeline:
  name: small
  description: A small pipeline.
  region: us-east-1
  role: arn:aws:iam::111122223333:role/sm-pipeline
  bucket: ml-dev-111122223333
  tags: {project: fraud, stage: dev}
  parallelism: 4
parameters:
  Data:   {type: string, default: "s3://ml-dev-111122223333/claims/"}
  Rounds: {type: integer, default: 100, min: 1, max: 1000}
steps:
  prepare:
    type: processing
    image: 111122223333.dkr.ecr.us-east-1.amazonaws.com/claims:1
    code: prepare.py
    instance_type: ml.m5.xlarge
    cache: 7d
    inputs: {claims: "${{ parameters.Data }}"}
    outputs: {train: /opt/ml/processing/output/train}
  train:
    type: training
    image: 111122223333.dkr.ecr.us-east-1.amazonaws.com/claims:1
    instance_type: ml.m5.xlarge
    cache: 7d
    inputs: {train: {from: prepare:train, content_type: text/csv}}
    hyperparameters: {num_round: "${{ parameters.Rounds }}"}
"""


def edited(file: Path, old: str, new: str) -> Path:
    """The file with a piece of its text replaced."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    return file
