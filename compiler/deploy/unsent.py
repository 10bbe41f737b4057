"""What keeps a request from being sent or answered: credentials, configuration, the region's name, the network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from compiler.text import guess

SAME_AGAIN = "run the same command again; it takes up where it stopped"
REGION = re.compile(r"//[^/]*?\.?([a-z]{2,}-[a-z0-9-]+|[a-z]+)\.(?:amazonaws\.com|api\.aws|on\.aws)")


class Unsent(NamedTuple):
    """Our code, what is said, how to mend it. The error's own words go with it as a note."""

    code: str
    said: str
    hint: str


_NONE = Unsent(
    "aws-credentials",
    "no AWS credentials are at hand",
    "set them up with `aws configure` or `aws sso login`, or name a profile with --profile",
)
_HALF = Unsent("aws-credentials", "the AWS credentials are not whole", "both the key and its secret are needed")
_PROFILE = Unsent(
    "aws-credentials",
    "there is no such AWS profile",
    "`aws configure list-profiles` shows those there are; --profile, or AWS_PROFILE, names one",
)
_SIGN_IN = Unsent(
    "aws-credentials",
    "the sign-in to AWS has ended, or never was",
    f"`aws sso login`, with --profile where you use one, then {SAME_AGAIN}",
)
_FETCH = Unsent(
    "aws-credentials",
    "the AWS credentials could not be fetched",
    "what fetches them stands in the profile: a process, another profile, a role of the machine",
)
_CONFIG = Unsent("aws-credentials", "the AWS configuration is faulty", "mend `~/.aws/config`, or the profile it names")
_LACKING = Unsent("aws-credentials", "this way to sign in needs more than is installed", "install what the note names")
_NO_REGION = Unsent(
    "aws-region",
    "no region is named",
    "set `pipeline.region` or AWS_DEFAULT_REGION, or give --region with a pipeline's name",
)
_BAD_REGION = Unsent("aws-region", "that is no region", "a region is written as in us-east-1")
_PROXY = Unsent("aws-network", "the proxy cannot be reached", f"check HTTPS_PROXY and NO_PROXY, then {SAME_AGAIN}")
_TLS = Unsent(
    "aws-network",
    "AWS is reached, but its certificate is not trusted",
    f"a proxy may be between: name its certificates in AWS_CA_BUNDLE, then {SAME_AGAIN}",
)
_NETWORK = Unsent("aws-network", "AWS cannot be reached", f"check the network and `pipeline.region`, then {SAME_AGAIN}")
_ENDPOINT = Unsent(
    "aws-network", "the address of the endpoint is none", "check AWS_ENDPOINT_URL; it begins with https://"
)
UNSENT: Mapping[str, Unsent] = {
    "NoCredentialsError": _NONE,
    "PartialCredentialsError": _HALF,
    "ProfileNotFound": _PROFILE,
    **dict.fromkeys(
        ("TokenRetrievalError", "SSOError", "SSOTokenLoadError", "UnauthorizedSSOTokenError", "LoginError",
         "PendingAuthorizationExpiredError", "LoginRefreshRequired", "LoginTokenLoadError"), _SIGN_IN),
    **dict.fromkeys(
        ("CredentialRetrievalError", "MetadataRetrievalError", "RefreshWithMFAUnsupportedError", "FileNotFoundError",
         "PermissionError", "OSError"), _FETCH),
    **dict.fromkeys(
        ("InvalidConfigError", "InfiniteLoopConfigError", "ConfigParseError", "ConfigNotFound",
         "UnknownCredentialError"), _CONFIG),
    "MissingDependencyException": _LACKING,
    "NoRegionError": _NO_REGION,
    "InvalidRegionError": _BAD_REGION,
    "ProxyConnectionError": _PROXY,
    "SSLError": _TLS,
    "ValueError": _ENDPOINT,
}  # fmt: skip


def unsent(error: Exception) -> Unsent:
    """What to say of an error that boto3 raised of its own; a network that fails, where nothing better is known."""
    kind = type(error).__name__
    if kind == "EndpointConnectionError":
        return _far(str(error))
    return UNSENT.get(kind, _NETWORK)


def _far(text: str) -> Unsent:
    """No connection: a network that fails, or a region that does not exist, which has no address."""
    named = REGION.search(text)
    known = _regions()
    if named is None or named[1] in known:
        return _NETWORK
    hint = guess(named[1], known) or "a region is written as in us-east-1"
    return Unsent("aws-region", f"boto3 knows no region `{named[1]}`", hint)


def _regions() -> tuple[str, ...]:
    """The regions of SageMaker in all partitions, as botocore's data has them; nothing is asked."""
    import botocore.session

    session: Any = botocore.session.get_session()
    partitions = session.get_available_partitions()
    return tuple(region for p in partitions for region in session.get_available_regions("sagemaker", p))
