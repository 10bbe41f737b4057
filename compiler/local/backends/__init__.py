"""How a job sees its own `/opt/ml`: a table of ways, best first, each probed by running it."""

from compiler.local.backends.table import BACKENDS, Backend, Room, choose, probe

__all__ = ["BACKENDS", "Backend", "Room", "choose", "probe"]
