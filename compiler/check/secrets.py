"""Secrets in plain sight, accounts written out. Nothing of a secret is ever shown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.diagnostics import Diagnostic
from compiler.model.account import account_of
from compiler.model.values import Literal, MapValue
from compiler.syntax import Mapping, Scalar

NAMES = re.compile(
    r"(?i)(secret|passw(or)?d|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?token|"
    r"(^|[_-]|(?-i:[a-z](?=T)))token($|[_-]?value))"
)
# Names of where a secret lies, and of the marks of a tokenizer.
ELSEWHERE = re.compile(
    r"(?i).*[_-]?(name|id|arn|path|file|field|column|region|ur[il])|(bos|eos|pad|unk|sep|cls|mask|special|stop)[_-]?token"
)
VALUES = re.compile(
    r"(AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{36,}|xox[abprs]-[A-Za-z0-9-]{10,}|-----BEGIN [A-Z ]*PRIVATE KEY|"
    r"sk-[A-Za-z0-9_-]{32,}|hf_[A-Za-z0-9]{30,}|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\."
)
HARMLESS = re.compile(
    r"(?i)(arn:.*|s3://.*|\s*|true|false|none|null|\d{1,6}|.*secretsmanager.*|/.*|\$\{.*|"
    r"-----BEGIN [A-Z ]*PUBLIC KEY-----[\s\S]*)"
)
DIGITS = 12
ACCOUNT = re.compile(rf"(?<![0-9])[0-9]{{{DIGITS}}}(?![0-9])")
ACCOUNT_PLACES = ("parameters", "variables", "defaults", "steps")


def secrets(facts: Facts) -> Iterator[Diagnostic]:
    """A literal that looks like a secret in a parameter's default, an environment or a hyperparameter."""
    for parameter in facts.parameters.values():
        if isinstance(parameter.default, str) and parameter.default_span and _secret(parameter.name, parameter.default):
            yield _told(
                f"the default of parameter `{parameter.name}`", Literal(parameter.default, parameter.default_span)
            )
    for step in facts.steps.values():
        for name, value in _settings(step.arguments if isinstance(step.arguments, MapValue) else None):
            if isinstance(value, Literal) and isinstance(value.value, str) and _secret(name, value.value):
                yield _told(f"`{name}` of step `{step.name}`", value)


def _settings(arguments: MapValue | None) -> Iterator[tuple[str, object]]:
    if arguments is None:
        return
    for key in ("Environment", "HyperParameters", "StaticHyperParameters"):
        found = arguments.map(key)
        yield from found.pairs() if found else ()
    for key in ("PrimaryContainer", "TrainingJobDefinition", "InferenceSpecification"):
        yield from _settings(arguments.map(key))
    for key in ("Containers", "TrainingJobDefinitions"):
        for item in arguments.list(key):
            yield from _settings(item if isinstance(item, MapValue) else None)


def _secret(name: str, value: str) -> bool:
    if VALUES.search(value):
        return True
    named = NAMES.search(name) and not ELSEWHERE.fullmatch(name)
    return bool(named) and len(value) >= 6 and not HARMLESS.fullmatch(value)


def _told(what: str, value: Literal) -> Diagnostic:
    return Diagnostic.of(
        "secret",
        f"{what} looks like a secret",
        value.span,
        hint="read it in the step from AWS Secrets Manager: who may describe the pipeline can read its definition",
    )


def accounts(facts: Facts) -> Iterator[Diagnostic]:
    """A literal account in a file with several targets: the other targets would use it, too."""
    targets = facts.document.targets
    if len(targets) < 2:
        return
    own = {account_of(facts.program.settings)} | {a for t in targets.values() for a in _accounts(t)}
    for path, scalar in facts.scalars:
        if len(scalar.text) < DIGITS or path[0] not in ACCOUNT_PLACES:
            continue
        for match in ACCOUNT.finditer(scalar.text):
            if match.group() in own:
                yield _account(scalar, match.group())
                break


def _accounts(target: Mapping) -> set[str]:
    role = target.get("role")
    return set(ACCOUNT.findall(role.text)) if isinstance(role, Scalar) else set()


def _account(scalar: Scalar, account: str) -> Diagnostic:
    at = scalar.span.text.find(account)
    span = scalar.span.sub(at, at + len(account)) if at >= 0 else scalar.span
    return Diagnostic.of(
        "literal-account",
        f"account `{account}` is written out in a file with several targets",
        span,
        hint="use `${{ target.bucket }}`, `${{ target.role }}` or a variable that each target sets",
    )
