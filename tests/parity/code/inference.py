"""A serving script, as small as it gets."""

from pathlib import Path


def model_fn(model_dir: str) -> str:
    return Path(model_dir, "rounds.txt").read_text()
