"""Lambda step: tell people that a batch of claims has been scored.

A Lambda step of a pipeline hands over one flat dict and takes one back. This one

takes      execution_id, status, output_uri, and optionally rows (how many were scored, if the pipeline knows)
gives      message (text), ok (1 when the status is Succeeded, else 0), rows (0 when not known)

With the environment variable TOPIC_ARN set, the message also goes to that SNS topic.
Deploy it with the handler name `notify.handler`.
"""

import os

EXPECTED = ("execution_id", "status", "output_uri")


def handler(event, context):
    missing = [name for name in EXPECTED if not event.get(name)]
    if missing:
        raise ValueError(f"the step's arguments lack {', '.join(missing)}")

    message = compose(event)
    print(message)
    if "TOPIC_ARN" in os.environ:
        publish(os.environ["TOPIC_ARN"], message)
    return {"message": message, "ok": int(event["status"] == "Succeeded"), "rows": int(event.get("rows") or 0)}


def compose(event):
    rows = f"{event['rows']} rows, " if event.get("rows") else ""
    return f"Batch scoring {event['execution_id']}: {event['status']}, {rows}scores in {event['output_uri']}"


def publish(topic, message):
    import boto3  # part of AWS Lambda's Python; not needed where no topic is set

    boto3.client("sns").publish(TopicArn=topic, Subject="Batch scoring", Message=message)
