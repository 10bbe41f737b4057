"""`schemas/pipeline.schema.json`: the field tables as the JSON Schema that editors and the compiler use."""

from __future__ import annotations

import json

from compiler.decode import document_schema
from compiler.devtools.sources import Stamps


def pipeline_schema_file(stamps: Stamps) -> bytes:
    """The file's bytes, made from the field tables alone."""
    return (json.dumps(document_schema(), indent=1) + "\n").encode()
