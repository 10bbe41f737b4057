"""Hypothesis profiles: `quick` for every run, the same each time; `thorough` for long hunts (`make fuzz`, or the
environment variable HYPOTHESIS_PROFILE)."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)

settings.register_profile(
    "quick", deadline=None, derandomize=True, database=None, max_examples=100, suppress_health_check=SLOW
)
settings.register_profile("thorough", deadline=None, max_examples=3000, suppress_health_check=SLOW, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
