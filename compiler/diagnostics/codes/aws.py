"""Faults found when talking to AWS."""

from __future__ import annotations

from compiler.diagnostics.codes.code import Code

AWS: dict[str, Code] = {
    "aws-denied": Code(
        "error",
        "AWS does not allow a call",
        "The message names the action that is missing and shows the statement to add to the policy of whoever"
        " runs the command. `sagepipe iam FILE` prints the whole policy.",
    ),
    "aws-credentials": Code(
        "error",
        "there are no AWS credentials that work",
        "Credentials are found where boto3 looks: the environment, `~/.aws`, a role of the machine. They may "
        "be missing, expired or of another account.",
    ),
    "aws-account": Code(
        "error",
        "the credentials are of another account than the pipeline",
        "The account is `pipeline.account`, or else the one in `pipeline.role`. Before anything is looked at or"
        " written, STS is asked whose the credentials are. Where it does not answer, they are taken as they are.",
    ),
    "aws-region": Code(
        "error",
        "the region is missing or another one",
        "The pipeline, its bucket and its images live in one region: `pipeline.region`.",
    ),
    "aws-bucket": Code(
        "error",
        "the bucket does not exist",
        "Code is uploaded to `pipeline.bucket`. Create it, or name one that is there.",
    ),
    "aws-role": Code(
        "error",
        "the role does not exist or cannot be used",
        "The role must exist, trust sagemaker.amazonaws.com, and you must be allowed to pass it.",
    ),
    "aws-not-found": Code(
        "error",
        "something that should be there is not",
        "The message says what was looked for. Pipelines are looked up by name in the pipeline's region.",
    ),
    "aws-throttled": Code(
        "error",
        "AWS asks to slow down",
        "The call was tried several times with pauses between. Wait a minute and run the same command again.",
    ),
    "aws-network": Code(
        "error",
        "AWS cannot be reached",
        "The network, a proxy or the region's name is in the way. Running the same command again takes up "
        "where it stopped.",
    ),
    "aws-refused": Code(
        "error",
        "AWS refused a request",
        "The message is AWS's own. Where it speaks of a step, the line of the YAML is shown.",
    ),
    "aws-checksum": Code(
        "error",
        "bytes are not those that were compiled",
        "Code is uploaded under the hash of its content, and checked on the way. Compile again.",
    ),
    "stale-plan": Code(
        "error",
        "a saved plan no longer fits",
        "The pipeline, or the file, has changed since the plan was made. Plan again and look at what it says.",
    ),
}
