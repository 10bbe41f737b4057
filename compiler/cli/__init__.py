"""The command line: one thin file a verb, found by name in `application.VERBS`."""

from __future__ import annotations


def main() -> int:
    """Run `sagepipe` with the arguments of this process. Exits by itself; see `exits` for the codes."""
    import gc

    gc.disable()  # a compile makes many objects and frees few: the collector would look at them all, over and over
    try:
        from compiler.cli.application import sagepipe

        sagepipe.main(prog_name="sagepipe")
    except KeyboardInterrupt:  # before the command could say so itself
        return 130
    return 0
