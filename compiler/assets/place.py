"""Where an asset lies in S3."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.assets.store import Asset


def uri_in(asset: Asset, folders: Iterable[str]) -> str:
    """The URI of an asset: the bucket and all folders that are not "", then its digest and its name."""
    return "s3://" + "/".join([*(folder for folder in folders if folder), asset.sha256, asset.name])


def bucket_and_key(uri: str) -> tuple[str, str]:
    """The bucket and the key of an S3 URI."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key
