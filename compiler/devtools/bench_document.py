"""A large pipeline to measure with: groups of steps as people write them, each group reading the one before."""

from __future__ import annotations

GROUP = 8  # steps a group has: five at the top, three in the branches of its condition

_HEAD = """\
version: 1

pipeline:
  name: many-steps
  region: us-east-1
  role: arn:aws:iam::111122223333:role/sm-pipeline
  bucket: ml-dev-111122223333

parameters:
  InputData: {type: string, default: "s3://${{ target.bucket }}/claims/"}
  InstanceType: {type: string, default: ml.m5.xlarge}
  InstanceCount: {type: integer, default: 1, min: 1}
  Threshold: {type: float, default: 0.85, min: 0.5, max: 1.0}
  Approval: {type: string, default: PendingManualApproval, enum: [PendingManualApproval, Approved, Rejected]}

variables:
  subnets: [subnet-0aa1, subnet-0aa2]

targets:
  dev: {default: true}
  prod: {bucket: ml-prod-111122223333, parameters: {Threshold: 0.9}}

defaults:
  cache: 7d
  retry: [{exceptions: [throttling, service-fault], max_attempts: 3}]
  tags: {project: fraud}
  network: {subnets: "${{ variables.subnets }}", security_groups: [sg-0bb2]}

steps:
"""

_STEPS = """\
  prepare-{n}:
    type: processing
    framework: {{name: sklearn, version: 1.2-1}}
    code: step_code/preprocess.py
    arguments:
      - --split-rate
      - 0.2
      - --group
      - "{n}"
    instance_type: ${{{{ parameters.InstanceType }}}}
    instance_count: ${{{{ parameters.InstanceCount }}}}
    inputs:
      claims: {claims}
    outputs:
      train: /opt/ml/processing/output/train
      test: /opt/ml/processing/output/test
    env:
      GROUP: "{n}"
      STAGE: prepare

  train-{n}:
    type: training
    framework: {{name: xgboost, version: 1.7-1}}
    code: {{dir: step_code, entry: train.py}}
    instance_type: ${{{{ parameters.InstanceType }}}}
    instance_count: ${{{{ parameters.InstanceCount }}}}
    inputs:
      train:
        from: prepare-{n}:train
        content_type: text/csv
    hyperparameters:
      objective: binary:logistic
      num_round: 100
      max_depth: {depth}
      eta: 0.3
      scale_pos_weight: 29

  evaluate-{n}:
    type: processing
    framework: {{name: xgboost, version: 1.7-1}}
    code: step_code/evaluate.py
    instance_type: ${{{{ parameters.InstanceType }}}}
    inputs:
      model:
        from: train-{n}:model
        path: /opt/ml/processing/model
      test:
        from: prepare-{n}:test
        path: /opt/ml/processing/test
    outputs:
      report: /opt/ml/processing/evaluation
    metrics:
      auc:
        file: report/evaluation.json
        json_path: binary_classification_metrics.auc.value

  report-{n}:
    type: processing
    framework: {{name: sklearn, version: 1.2-1}}
    code: step_code/evaluate.py
    instance_type: ml.m5.large
    inputs:
      report: ${{{{ steps.evaluate-{n}.outputs.report }}}}
    outputs:
      page: {{to: "s3://${{{{ target.bucket }}}}/pages/group-{n}", path: /opt/ml/processing/output/page}}
    after: [train-{n}]

  gate-{n}:
    type: condition
    if:
      all:
        - {{metric: evaluate-{n}:auc, gte: "${{{{ parameters.Threshold }}}}"}}
        - {{value: "${{{{ parameters.Approval }}}}", ne: Rejected}}
    then:
      register-{n}:
        type: register-model
        model_data: train-{n}:model
        image: train-{n}:image
        package_group: fraud-{n}
        approval: ${{{{ parameters.Approval }}}}
        content_types: [text/csv]
        response_types: [text/csv]
        inference_instances: [ml.t2.medium, ml.m5.xlarge]
        transform_instances: [ml.m5.xlarge]
        model_metrics:
          model_quality: {{statistics: "${{{{ steps.evaluate-{n}.outputs.report }}}}/evaluation.json"}}
      model-{n}:
        type: create-model
        model_data: train-{n}:model
        image: train-{n}:image
    else:
      stop-{n}:
        type: fail
        message: the model of group {n} is not good enough

"""


def document(steps: int) -> str:
    """A pipeline file of at least `steps` steps, some thirteen lines each. Its code lies beside it in `step_code/`."""
    groups = -(-steps // GROUP)
    return _HEAD + "".join(_group(number) for number in range(groups))


def _group(number: int) -> str:
    claims = f"prepare-{number - 1}:train" if number else "${{ parameters.InputData }}"
    return _STEPS.format(n=number, claims=claims, depth=4 + number % 5)
