"""The endpoint finds what botocore's model has against a request, so that a request it takes is one of the service."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import boto3
import pytest
from botocore.config import Config
from loopback import Endpoint
from wire import Request, rest

KEY = "/ml-dev-111122223333/small/code/x.py"
SUM = "x-amz-checksum-sha256"


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "said"),
    [
        ("PUT", KEY, {"x-amz-checksum-sha255": "x"}, b"x", "the headers have x-amz-checksum-sha255"),
        ("PUT", f"{KEY}?acll=x", {}, b"x", "the query has acll"),
        ("PUT", f"{KEY}?uploadId=1&partNumber=two", {}, b"x", "Invalid type for parameter PartNumber"),
        ("POST", f"{KEY}?uploads", {"x-amz-checksum-algorithm": "SHA257"}, b"", ".ChecksumAlgorithm is 'SHA257'"),
        ("POST", f"{KEY}?uploadId=1", {}, b"<C><Part><Number>1</Number></Part></C>", "Number is not known"),
        ("POST", f"{KEY}?torrent", {}, b"", "is no operation that is used"),
        ("POST", "/schedules/small", {}, b'{"ScheduleExpression": "rate(1 day)"}', '"Target"'),
        ("PUT", "/schedules/small", {}, b'{"Name": "x", "When": 1}', "Unknown parameter in input: \"When\""),
        ("POST", "/", {}, b"Action=GetCallerIdentity&Version=2011-06-14", "the version of the API is another"),
        ("POST", "/", {}, b"Action=GetCallerIdentity&Version=2011-06-15&Who=me", "Who"),
        ("POST", "/", {"X-Amz-Target": "SageMaker.DescribePipeline"}, b'{"PipelineNam": "x"}', "PipelineNam"),
        ("POST", "/", {"X-Amz-Target": "SageMaker.ListPipelines"}, b'{"SortOrder": "Up"}', ".SortOrder is 'Up'"),
    ],
)  # fmt: skip
def test_what_the_model_does_not_allow_is_refused(
    aws: Endpoint, method: str, path: str, headers: dict[str, str], body: bytes, said: str
) -> None:
    request = urllib.request.Request(aws.url + path, data=body, headers=headers, method=method)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    refused.value.close()
    (told,) = aws.invalid
    assert said in told and aws.calls == []
    aws.invalid.clear()


def test_what_the_client_does_not_look_at_is_seen(aws: Endpoint) -> None:
    """boto3 with its own checks switched off."""
    config = Config(parameter_validation=False, retries={"total_max_attempts": 1})
    client: Any = boto3.client("sagemaker", region_name="us-east-1", config=config)
    with pytest.raises(client.exceptions.ClientError):
        client.create_pipeline(PipelineName="small", RoleArn="r" * 20, PipelineDefinition=7)
    (told,) = aws.invalid
    assert told.startswith("CreatePipeline: ") and "PipelineDefinition" in told and "ClientRequestToken" not in told
    aws.invalid.clear()


def test_members_are_read_back_as_they_were_given() -> None:
    headers = {SUM: "abc=", "x-amz-sdk-checksum-algorithm": "SHA256", "x-amz-date": "now", "content-length": "1"}
    request = Request("PUT", "/b/a%20key/x", "partNumber=2&uploadId=u&x-id=UploadPart", headers, b"x")
    given = {"Bucket": "b", "Key": "a key/x", "PartNumber": 2, "UploadId": "u", "Body": b"x"}
    known = {"ChecksumSHA256": "abc=", "ChecksumAlgorithm": "SHA256", "ContentLength": 1}
    assert rest("s3", request) == ("UploadPart", given | known, "")


def test_xml_and_json_bodies_are_read_back() -> None:
    xml = (
        b'<C xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Part><PartNumber>1</PartNumber><ETag>e</ETag></Part></C>'
    )
    operation, members, wrong = rest("s3", Request("POST", "/b/k", "uploadId=u", {"if-none-match": "*"}, xml))
    assert (operation, wrong) == ("CompleteMultipartUpload", "") and members["IfNoneMatch"] == "*"
    assert members["MultipartUpload"] == {"Parts": [{"PartNumber": 1, "ETag": "e"}]}
    wanted = {"ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": {"Mode": "OFF"}}
    body = json.dumps({**wanted, "Target": {"Arn": "a", "RoleArn": "r"}}).encode()
    operation, members, wrong = rest("scheduler", Request("POST", "/schedules/small", "", {}, body))
    assert (operation, wrong, members["Name"]) == ("CreateSchedule", "", "small")
