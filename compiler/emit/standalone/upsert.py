"""Creates or updates the SageMaker pipeline that stands in this folder.

Made by sagepipe. It reads the files beside it and needs boto3 and AWS credentials, nothing else:

    python upsert.py
    python upsert.py --alias NAME     also lets the alias name the newest version
    python upsert.py --prune-tags     also removes the live tags that are not wanted here
    python upsert.py --code-only      only the upload, for a pipeline that something else deploys

What is there already is left alone: a second run writes nothing, and completes a first one that failed half-way.
"""

import argparse
import base64
import hashlib
import json
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

HERE = Path(__file__).resolve().parent
PART = 32 * 1024 * 1024  # what is longer than two of these is uploaded in parts
PAUSES = (0.5, 1, 2, 4, 8)
NOT_FOUND = ("ResourceNotFound", "ResourceNotFoundException")
DENIED = ("AccessDenied", "AccessDeniedException")
CONFLICT = ("ConflictException", "ResourceInUse", "ResourceInUseException")
NO_ANSWER = (BotoCoreError, ResponseParserError)
THROTTLED = ("Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded")
TAKEN = ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchUpload")


def read(name):
    return json.loads((HERE / name).read_text("utf-8"))


MANIFEST = read("assets.json")


def code(error):
    return error.response["Error"]["Code"]


# The account


def refuse_another_account(session):
    """Credentials of another account stop here. Where STS does not answer, they are taken as they are."""
    try:
        found = session.client("sts", config=tries(2, connect=3)).get_caller_identity()["Account"]
    except (*NO_ANSWER, ClientError):
        return
    if MANIFEST["account"] not in ("", found):
        raise SystemExit(f"This is for account {MANIFEST['account']}, and these credentials are of account {found}.")


# Code


def assets():
    """The place and bytes of each asset, all of them as they were compiled."""
    found = []
    for asset in MANIFEST["assets"]:
        content = (HERE / asset["path"]).read_bytes()
        if hashlib.sha256(content).hexdigest() != asset["sha256"]:
            raise SystemExit(f"{asset['path']} was changed after it was compiled")
        bucket, _, key = asset["uri"].removeprefix("s3://").partition("/")
        found.append(({"Bucket": bucket, "Key": key}, content))
    return found


def upload(s3, place, content):
    """Upload what S3 does not have yet, or has with other bytes. Keys hold the content's hash."""
    for _ in range(3):
        there = state(s3, place, content)
        if there == "present":
            return "present "
        try:
            put(s3, place, content, {} if there == "wrong" else {"IfNoneMatch": "*"})
            return "uploaded"
        except ClientError as error:
            if code(error) not in TAKEN:
                raise
            if there == "unknown":
                return "present "
    raise SystemExit(f"{place['Key']} is being written by someone else: run this again")


def state(s3, place, content):
    """What S3 holds there. It answers 403 for what is missing, too, when the bucket may not be listed."""
    try:
        found = s3.head_object(**place, ChecksumMode="ENABLED")
    except ClientError as error:
        if code(error) in ("404", "NoSuchKey", "NotFound"):
            return "missing"
        if code(error) in ("403", "AccessDenied", "Forbidden"):
            return "unknown"
        raise
    sound = found["ContentLength"] == len(content) and is_of(content, found.get("ChecksumSHA256"))
    return "present" if sound else "wrong"


def put(s3, place, content, condition):
    if len(content) <= 2 * PART:
        s3.put_object(**place, Body=content, ChecksumSHA256=checksum(content), **condition)
        return
    started = {**place, "UploadId": s3.create_multipart_upload(**place, ChecksumAlgorithm="SHA256")["UploadId"]}
    try:
        done = []
        for number, body in enumerate(parts(content), 1):
            sent = s3.upload_part(**started, PartNumber=number, Body=body, ChecksumSHA256=checksum(body))
            done.append({"PartNumber": number, "ETag": sent["ETag"], "ChecksumSHA256": checksum(body)})
        whole = s3.complete_multipart_upload(**started, MultipartUpload={"Parts": done}, **condition)
    except BaseException:
        with suppress(*NO_ANSWER, ClientError):
            s3.abort_multipart_upload(**started)
        raise
    if not is_of(content, whole.get("ChecksumSHA256")):
        raise SystemExit(f"{place['Key']} was uploaded, and S3 holds other bytes: run this again, it replaces them")


def parts(content):
    return [content[start : start + PART] for start in range(0, len(content), PART)]


def checksum(content):
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def is_of(content, known):
    """Whether S3's checksum is that of these bytes, put whole or in parts (then: of the parts' checksums)."""
    composite = checksum(b"".join(hashlib.sha256(part).digest() for part in parts(content)))
    return known is None or known.partition("-")[0] in (checksum(content), composite)


# The pipeline


def describe(client, name):
    """The live pipeline; None where there is none; {} where we may not look."""
    try:
        return client.describe_pipeline(PipelineName=name)
    except ClientError as error:
        if code(error) in DENIED:
            return {}
        if code(error) not in NOT_FOUND and name in listed(client, name):
            raise
        return None


def listed(client, name):
    pages = client.get_paginator("list_pipelines").paginate(PipelineNamePrefix=name)
    return [row["PipelineName"] for page in pages for row in page["PipelineSummaries"]]


def same(live, wanted):
    """Whether an update would change nothing. Parallelism that is not wanted stays as it is."""
    try:
        definition = json.loads(live["PipelineDefinition"])
    except ValueError:
        return False
    live = {**live, "PipelineDisplayName": live.get("PipelineDisplayName") or wanted["PipelineName"]}
    members = {m: live.get(m) or "" for m in wanted if m in ("PipelineDisplayName", "PipelineDescription", "RoleArn")}
    limit = wanted.get("ParallelismConfiguration")
    return (
        alike(definition, read("definition.json"))
        and all(wanted[m] == value for m, value in members.items())
        and limit in (None, live.get("ParallelismConfiguration"))
    )


def alike(one, other):
    """Whether two JSON values are equal: true is no 1, as it is in Python, while 1 and 1.0 are the same number."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def write(client, once, request):
    """Create the pipeline, or update the one that is there; its ARN."""
    refused = None
    if not describe(client, request["create"]["PipelineName"]):
        try:
            arn = client.create_pipeline(**request["create"])["PipelineArn"]
            print("created ", arn)
            return arn
        except ClientError as error:
            if code(error) not in ("ValidationException", *CONFLICT):
                raise
            refused = error
    try:
        return patiently(lambda: update(client, once, request["update"]))
    except ClientError as error:
        raise refused if refused and code(error) in NOT_FOUND else error from None


def update(client, once, wanted):
    live = describe(client, wanted["PipelineName"])
    if live and same(live, wanted):
        print("present ", live["PipelineArn"])
        return live["PipelineArn"]
    arn = once.update_pipeline(**wanted)["PipelineArn"]
    print("updated ", arn)
    return arn


def patiently(act):
    """Do again what AWS or the network failed. `act` looks first, since the call whose answer was lost may be done."""
    for pause in PAUSES:
        try:
            return act()
        except ClientError as error:
            failed = error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500
            if not failed and code(error) not in (*THROTTLED, *CONFLICT):
                raise
        except NO_ANSWER:
            pass
        time.sleep(pause)
    return act()


def tag(client, arn, tags, prune):
    try:
        pages = client.get_paginator("list_tags").paginate(ResourceArn=arn)
        live = {row["Key"]: row["Value"] for page in pages for row in page["Tags"]}
    except ClientError as error:
        if code(error) not in DENIED:
            raise
        live = {}
    if missing := [row for row in tags if live.get(row["Key"]) != row["Value"]]:
        client.add_tags(ResourceArn=arn, Tags=missing)
        print("tagged  ", ", ".join(row["Key"] for row in missing))
    wanted = [row["Key"] for row in tags]
    left = [key for key in live if key not in wanted and not key.lower().startswith(("aws:", "sagemaker:"))]
    if prune and left:
        client.delete_tags(ResourceArn=arn, TagKeys=left)
        print("untagged", ", ".join(left))


def set_alias(client, once, name, alias):
    """An alias must leave one version before another may have it: for an instant between the calls, none has it."""
    pages = client.get_paginator("list_pipeline_versions").paginate(PipelineName=name)
    versions = [row for page in pages for row in page["PipelineVersionSummaries"]]
    newest = max(versions, key=lambda row: row["PipelineVersionId"])
    holder = next((row for row in versions if alias in (row.get("PipelineVersionAliases") or [])), None)
    if holder is newest:
        return
    for row, operation in ((holder, "Remove"), (newest, "Add")):
        if row:
            once.update_pipeline_version(
                PipelineArn=newest["PipelineArn"],
                PipelineVersionId=row["PipelineVersionId"],
                PipelineVersionAliasOperations={operation: [alias]},
            )
    print("alias   ", alias, "names version", newest["PipelineVersionId"])


# The schedule


def schedule(client, wanted):
    try:
        live = client.get_schedule(Name=wanted["Name"])
    except ClientError as error:
        if code(error) not in (*NOT_FOUND, *DENIED):
            raise
        live = {}
    given, held = (of.get("Target", {}).get("SageMakerPipelineParameters") for of in (wanted, live))
    if given == held and holds(live, {"ScheduleExpressionTimezone": "UTC", **wanted}):
        return
    try:
        if live:
            client.update_schedule(State=live["State"], **wanted)
        else:
            client.create_schedule(**wanted)
    except ClientError as error:
        if live or code(error) not in CONFLICT:
            raise
        client.update_schedule(**wanted)
    print("schedule", wanted["Name"])


def unschedule(client, name, arn):
    """Delete the schedule that starts this pipeline and is no longer wanted. Who may not see it has none to delete."""
    try:
        live = client.get_schedule(Name=name)
    except NO_ANSWER:
        return
    except ClientError as error:
        if code(error) not in (*NOT_FOUND, *DENIED):
            raise
        return
    if live.get("Target", {}).get("Arn", "").lower() == arn.lower():
        client.delete_schedule(Name=name)
        print("deleted  schedule", name)


def holds(live, wanted):
    """Whether all that is wanted is so; what the service adds of its own is no difference."""
    if not isinstance(wanted, dict) or not wanted:
        return live == wanted
    return isinstance(live, dict) and all(holds(live.get(key, {}), value) for key, value in wanted.items())


# All of it


def tries(number, connect=10):
    return Config(retries={"mode": "standard", "total_max_attempts": number}, connect_timeout=connect)


def main(session, options):
    found = assets()
    refuse_another_account(session)
    s3 = session.client("s3", config=tries(6))
    for place, content in found:
        print(upload(s3, place, content), f"s3://{place['Bucket']}/{place['Key']}", flush=True)
    if options.code_only:
        return
    client, once = (session.client("sagemaker", config=tries(number)) for number in (6, 1))
    request = read("upsert.json")
    arn = write(client, once, request)
    tag(client, arn, request["create"].get("Tags", []), options.prune_tags)
    if options.alias:
        patiently(lambda: set_alias(client, once, request["create"]["PipelineName"], options.alias))
    if (HERE / "schedule.json").exists():
        schedule(session.client("scheduler", config=tries(6)), read("schedule.json"))
    else:
        unschedule(session.client("scheduler", config=tries(2, connect=3)), request["create"]["PipelineName"], arn)


def clean(text, session):
    """The text without credentials: AWS repeats what was sent to it in some of its messages."""
    with suppress(*NO_ANSWER):
        held = session.get_credentials() if session else None
        for secret in filter(None, (held.access_key, held.secret_key, held.token) if held else ()):
            text = text.replace(secret, "***").replace(quote(secret, safe=""), "***")
    return text


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--alias", metavar="NAME", help="let this alias name the newest version")
    arguments.add_argument("--prune-tags", action="store_true", help="remove the live tags that are not wanted here")
    arguments.add_argument("--code-only", action="store_true", help="only upload the code")
    options, session = arguments.parse_args(), None
    try:
        session = boto3.session.Session(region_name=MANIFEST["region"] or None)
        main(session, options)
    except (*NO_ANSWER, ClientError, OSError) as error:
        done = "What is printed above is done. When this is mended, run it again: it does the rest."
        raise SystemExit(f"{clean(str(error), session)}\n{done}") from None
