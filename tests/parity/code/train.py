"""Script-mode training, as small as it gets: what matters to parity is how it is delivered."""

import argparse
import os
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--num_round", type=int, default=10)
parser.add_argument("--model-dir", default=os.environ.get("SM_MODEL_DIR", "/opt/ml/model"))
arguments, _ = parser.parse_known_args()
Path(arguments.model_dir, "rounds.txt").write_text(str(arguments.num_round))
