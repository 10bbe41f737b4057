"""The step types, one file each; `STEP_TYPES` is their explicit list, in the order of the reference."""

from compiler.model.steptype import StepType
from compiler.steps.automl import AUTOML
from compiler.steps.bedrock import CUSTOM_MODEL, CUSTOM_MODEL_DEPLOYMENT, MODEL_IMPORT, PROVISIONED_THROUGHPUT
from compiler.steps.calls import CALLBACK, LAMBDA
from compiler.steps.clarify import CLARIFY_CHECK
from compiler.steps.cleanup import CLEANUP
from compiler.steps.control import CONDITION, FAIL, RAW
from compiler.steps.emr import EMR, EMR_SERVERLESS
from compiler.steps.endpoints import ENDPOINT, ENDPOINT_CONFIG, INFERENCE_COMPONENT
from compiler.steps.foreach import FOR_EACH
from compiler.steps.job import JOB
from compiler.steps.lineage import LINEAGE
from compiler.steps.models import CREATE_MODEL
from compiler.steps.packages import REGISTER_MODEL
from compiler.steps.processing import PROCESSING
from compiler.steps.quality import QUALITY_CHECK
from compiler.steps.training import TRAINING
from compiler.steps.transform import TRANSFORM
from compiler.steps.tuning import TUNING

STEP_TYPES: dict[str, StepType] = {
    step_type.name: step_type
    for step_type in (
        PROCESSING,
        TRAINING,
        TUNING,
        TRANSFORM,
        CREATE_MODEL,
        REGISTER_MODEL,
        CONDITION,
        FAIL,
        LAMBDA,
        CALLBACK,
        CLARIFY_CHECK,
        QUALITY_CHECK,
        EMR,
        EMR_SERVERLESS,
        AUTOML,
        ENDPOINT_CONFIG,
        ENDPOINT,
        INFERENCE_COMPONENT,
        FOR_EACH,
        LINEAGE,
        JOB,
        CLEANUP,
        CUSTOM_MODEL,
        CUSTOM_MODEL_DEPLOYMENT,
        MODEL_IMPORT,
        PROVISIONED_THROUGHPUT,
        RAW,
    )
}

__all__ = ["STEP_TYPES"]
