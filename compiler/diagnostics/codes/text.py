"""Faults of the files and of their YAML, before anything in them has a meaning."""

from __future__ import annotations

from compiler.diagnostics.codes.code import Code

TEXT: dict[str, Code] = {
    # files
    "file-not-found": Code(
        "error",
        "the file is not there",
        "A path is read as it is written, relative to the folder the command runs in, or, inside a pipeline, to the "
        "folder of the file that names it. Check the spelling and the folder.",
    ),
    "file-unreadable": Code(
        "error",
        "the file cannot be read",
        "The path leads to a folder, to something that is no file, or to a file this user may not read. Name a "
        "readable text file.",
    ),
    "file-too-large": Code(
        "error",
        "the file is too large to be a pipeline",
        "A pipeline file may hold 16 MB and 500,000 values; the largest definition the service takes is far smaller. "
        "Data belongs in S3 and code in files of their own: the pipeline only names them.",
    ),
    "encoding": Code(
        "error",
        "the file is not UTF-8",
        "Pipeline files are UTF-8 text, with or without a byte order mark. Save the file again as UTF-8; editors call "
        'it "UTF-8" or "Unicode", and `iconv -f latin1 -t utf-8` converts from a shell.',
    ),
    # YAML
    "yaml-syntax": Code(
        "error",
        "the text is not YAML",
        "YAML could not be read beyond this place, so nothing after it was looked at. Most often a quote or bracket "
        "is not closed, a line stands at the wrong indent, a tab indents a line, or a text that holds `: ` needs "
        "quotes.",
    ),
    "yaml-depth": Code(
        "error",
        "the YAML nests too deep",
        "A pipeline nests at most 100 lists and maps into each other, aliases counted as if they were written out. "
        "Nothing the service takes comes near it; look for brackets that are opened and never closed.",
    ),
    "yaml-tag": Code(
        "error",
        "a YAML tag is used",
        "Tags such as `!!str` or `!Ref` would give a value a meaning the rest of the language does not know. Quote a "
        "value that must be text, and write a reference as `${{ … }}`.",
    ),
    "yaml-alias-cycle": Code(
        "error",
        "an alias contains itself",
        "An alias stands for a copy of what its anchor names. Inside the anchored value itself the copy would never "
        "end. Move the part that is shared into an anchor of its own.",
    ),
    "yaml-alias-bomb": Code(
        "error",
        "aliases blow the document up",
        "Aliases are counted as the values they stand for, and together they may stand for 250,000. Aliases of "
        "aliases multiply quickly: write fewer levels, or use `matrix` to stamp steps out.",
    ),
    "yaml-anchor": Code(
        "error",
        "an alias names no anchor",
        "`*name` stands for the value that was marked `&name` further up. Mark it there, or, where the value is a "
        "text that begins with `*`, put it in quotes.",
    ),
    "yaml-merge": Code(
        "error",
        "a `<<` does not name a map",
        "`<<` copies the keys of one map, or of several in a list, into the map it stands in. Its value is an alias "
        "of a map, a list of such aliases, or a map written out.",
    ),
    "yaml-many-documents": Code(
        "error",
        "the file holds several documents",
        "A line `---` begins a new YAML document, and a pipeline file holds exactly one. Put each pipeline in a file "
        "of its own; `compile` takes several files at once.",
    ),
    "yaml-empty": Code(
        "error",
        "the document is empty",
        "The file holds nothing, or only comments. The smallest pipeline has `version: 1`, `pipeline:` with a name, "
        "and `steps:`; `sagepipe init` writes one to begin with.",
    ),
    "duplicate-key": Code(
        "error",
        "a key stands twice in one map",
        "Only one of the two could count, and which one is a guess that tools make differently. Remove one, or rename "
        "it if both are meant.",
    ),
    "yaml-key": Code(
        "error",
        "a key is not plain text",
        "Keys are names: text, or a number, which is taken as it is written. A list, a map, an empty key, `null`, "
        "`true` and `false` are not; put the last three in quotes if the text is meant.",
    ),
    "number-range": Code(
        "error",
        "a number is too large",
        "Whole numbers are kept in 64 bits and others as double precision floats, as in the service itself. A longer "
        "row of digits is mostly an identifier: put it in quotes, and it is text.",
    ),
    # comments
    "unknown-allowance": Code(
        "error",
        "a `# sagepipe:` comment names no warning",
        "`# sagepipe: allow CODE` silences the warning of that code on its line, or, standing alone, on the next. "
        "Several codes are separated by commas. A comment that names no warning would silence nothing, now or later.",
    ),
    "allowance-of-error": Code(
        "error",
        "a comment allows an error",
        "Only warnings can be allowed. What is an error would be refused by the service, or compile to something else "
        "than what is written, so it has to be mended.",
    ),
    "unused-allowance": Code(
        "warning",
        "a comment allows a warning that is not given",
        "The warning has gone, or stands on another line. Remove the comment, so that it does not silence the next "
        "one unseen.",
    ),
}
