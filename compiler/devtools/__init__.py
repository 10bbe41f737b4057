"""Regenerates the files that are made from something else, and proves that the committed ones are up to date.

`python -m compiler.devtools refresh` takes the newest sources there are and stamps their versions into the files;
`python -m compiler.devtools check` makes the same bytes again from the stamped versions and compares. A developer's
tool: the compiler never imports this package, and only this package calls pip.
"""
