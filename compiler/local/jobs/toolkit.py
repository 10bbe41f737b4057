"""Script mode: how the framework containers start a training script.

Source of the rule: the open-source SageMaker training toolkit (`environment`, `mapping`, `params`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from compiler.local.backends.table import ML
from compiler.text.jsonfault import parse_json

Json = Any
CODE = f"{ML}/code"
PROGRAM, SUBMIT = "sagemaker_program", "sagemaker_submit_directory"
TUNED = "_tuning_objective_metric"
GROUP = "homogeneousCluster"


def decoded(hyperparameters: Mapping[str, str]) -> dict[str, Json]:
    """The values as a script gets them: JSON where they are JSON, else the text."""
    return {name: _decode(text) for name, text in hyperparameters.items()}


def _decode(text: Json) -> Json:
    try:
        return parse_json(text)
    except (TypeError, ValueError):
        return text


def is_own(name: str) -> bool:
    """Whether a hyperparameter is the container's, not the script's."""
    return name.startswith("sagemaker_") or name == TUNED


def script_arguments(hyperparameters: Mapping[str, Json]) -> list[str]:
    """`--name value` for each, sorted; `-n` where the name is one letter."""
    words = []
    for name in sorted(hyperparameters):
        words += [f"--{name}" if len(name) > 1 else f"-{name}", _argument(hyperparameters[name])]
    return words


def _argument(value: Json) -> str:
    match value:
        case dict():
            return ",".join(f"{key}={value[key]}" for key in sorted(value))
        case None:
            return ""
        case _:
            return str(value)


def script_variables(
    given: Mapping[str, Json], channels: Mapping[str, Json], resources: dict[str, Json], job_name: str
) -> dict[str, str]:
    """The `SM_*` variables. `given`: all hyperparameters, decoded; `channels`: as in `inputdataconfig.json`."""
    own = {name: value for name, value in given.items() if is_own(name)}
    script = {name: value for name, value in given.items() if not is_own(name)}
    program = str(own.get(PROGRAM, ""))
    known = (PROGRAM, SUBMIT, "sagemaker_region", "sagemaker_container_log_level", "sagemaker_job_name", TUNED)
    instance, groups = resources["current_instance_type"], resources["instance_groups"]
    facts: dict[str, Json] = {
        "hosts": resources["hosts"],
        "network_interface_name": resources["network_interface_name"],
        "hps": script,
        "user_entry_point": program,
        "framework_params": {name: value for name, value in own.items() if name not in known},
        "resource_config": resources,
        "input_data_config": channels,
        "output_data_dir": f"{ML}/output/data",
        "channels": sorted(channels),
        "current_host": resources["current_host"],
        "current_instance_type": instance,
        "current_instance_group": GROUP,
        "current_instance_group_hosts": resources["hosts"],
        "instance_groups": [GROUP],
        "instance_groups_dict": {group["instance_group_name"]: group for group in groups},
        "distribution_instance_groups": [],
        "is_hetero": False,
        "module_name": program.removesuffix(".py"),
        "log_level": own.get("sagemaker_container_log_level", 20),
        "framework_module": "",
        "input_dir": f"{ML}/input",
        "input_config_dir": f"{ML}/input/config",
        "output_dir": f"{ML}/output",
        "num_cpus": os.cpu_count() or 1,
        "num_gpus": 0,
        "num_neurons": 0,
        "model_dir": f"{ML}/model",
        "module_dir": str(own.get(SUBMIT, CODE)),
        "user_args": script_arguments(script),
        "output_intermediate_dir": f"{ML}/output/intermediate",
    }
    facts["training_env"] = _training_env(facts, script, channels, job_name)
    facts |= {f"channel_{name}": f"{ML}/input/data/{name}" for name in channels}
    facts |= {f"hp_{name}": value for name, value in script.items()}
    return {f"SM_{name.upper()}": _variable(value) for name, value in facts.items()}


def _training_env(
    facts: dict[str, Json], script: dict[str, Json], channels: Mapping[str, Json], job_name: str
) -> dict[str, Json]:
    """All of it once more, as one object."""
    return {
        **{name: value for name, value in facts.items() if name not in ("hps", "user_args")},
        "hyperparameters": script,
        "job_name": job_name,
        "channel_input_dirs": {name: f"{ML}/input/data/{name}" for name in channels},
        "is_master": True,
        "master_hostname": facts["current_host"],
    }


def _variable(value: Json) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))
