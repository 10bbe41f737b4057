"""The verbs that talk to AWS, and what they need to be allowed. The only user of boto3, which is imported on use."""
