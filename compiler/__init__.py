"""sagepipe: pipeline YAML in, SageMaker Pipelines definition JSON and upsert call out."""

__version__ = "0.1.0"
