"""Runs a pipeline definition on this machine: no AWS, no containers.

What comes in is the definition as plain JSON, whoever made it, and the files its S3 URIs stand for. Everything that is
kept lies in one folder, `.sagepipe/` in the project's root.
"""
