"""The list of generated files. A new one is one more line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from compiler.data import data_path
from compiler.devtools.codes import codes_file
from compiler.devtools.image_file import image_file
from compiler.devtools.pipeline_schema import pipeline_schema_file
from compiler.devtools.reference import reference_file
from compiler.devtools.service_file import service_file
from compiler.devtools.sources import Stamps


@dataclass(frozen=True, slots=True)
class Generator:
    """One generated file: where it lies in a checkout, and how its bytes are made from versions of packages.

    `stamps` names the versions it is made from (`sources.REQUIREMENTS`) and `produce` receives; the file holds them as
    JSON under `made_from`. With no stamps the file is made from this very code, and no package is ever fetched.
    """

    path: str
    produce: Callable[[Stamps], bytes]
    stamps: tuple[str, ...] = ()

    @property
    def file(self) -> Path:
        """The committed file."""
        return data_path("schemas").parent / self.path


GENERATORS: tuple[Generator, ...] = (
    Generator("schemas/service.json", service_file, ("botocore", "botocore_baseline")),
    Generator("schemas/images.json", image_file, ("botocore", "sagemaker", "sagemaker_core")),
    Generator("schemas/pipeline.schema.json", pipeline_schema_file),
    Generator("schemas/codes.json", codes_file),
    Generator("REFERENCE.md", reference_file),
)
