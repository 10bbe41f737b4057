"""Metrics of a training job, read from its log. API: MetricDefinition."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

Json = Any
# What the XGBoost image reads when the definition says nothing: `[9]\ttrain-auc:0.8\tvalidation-auc:0.7`.
_XGBOOST = re.compile(r"(?:\t|#011|\s)(train|validation)-([\w@.]+):\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?|nan|inf)")


def read_metrics(log: Path, definitions: list[dict[str, str]], image: str) -> dict[str, float]:
    """Each metric's last value. `definitions` win over what the image reads by itself.

    The service's logs show a tab as `#011`, and expressions are written for either.
    """
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    found: dict[str, float] = {}
    if not definitions and "xgboost" in image:
        for kind, name, value in _XGBOOST.findall(text):
            found[f"{kind}:{name}"] = float(value)
    for definition in definitions:
        value = _last(str(definition.get("Regex", "")), text)
        if value is not None:
            found[str(definition["Name"])] = value
    return found


def _last(regex: str, text: str) -> float | None:
    try:
        pattern = re.compile(regex)
    except re.error:
        return None
    for shown in (text, text.replace("\t", "#011")):
        last = None
        for line in shown.splitlines():
            for match in pattern.finditer(line):
                last = _number(match.group(1) if pattern.groups else match.group()) if match else last
        if last is not None:
            return last
    return None


def _number(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None


def final_metrics(found: dict[str, float]) -> list[dict[str, Json]]:
    """As DescribeTrainingJob lists them. API: MetricData."""
    return [{"MetricName": name, "Value": value} for name, value in found.items()]
