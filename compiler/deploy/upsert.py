"""The upsert: upload, create or update, tags, alias, schedule; each step told, each safe to do again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from compiler.deploy.bundle import Bundle
from compiler.deploy.faults import CONFLICT, NOT_FOUND, AwsFault, error_code, told, translate
from compiler.deploy.live import Hidden, Live, read_live
from compiler.deploy.plan import Plan, make_plan
from compiler.deploy.schedule import put_schedule, read_schedule
from compiler.deploy.session import Session
from compiler.deploy.upload import upload_all
from compiler.deploy.versions import set_alias

Tell = Callable[[str], None]
MAYBE_THERE = ("ValidationException", *CONFLICT)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted beside the pipeline itself."""

    prune_tags: bool = False
    alias: str | None = None


def upsert(session: Session, bundle: Bundle, plan: Plan, wish: Wish, tell: Tell) -> str:
    """Bring the live pipeline to what `bundle` says; returns its ARN. Without a change nothing is written.

    Raises AwsFault, which then says what was done before, and that a second run completes it.
    """
    done: list[str] = []

    def note(text: str) -> None:
        done.append(text)
        tell(text)

    try:
        return _upsert(session, bundle, plan, wish, note)
    except AwsFault as fault:
        before = f"done before: {', '.join(done)}" if done else "nothing was changed"
        raise fault.with_notes(before, "running the same command again completes it") from None


def _upsert(session: Session, bundle: Bundle, plan: Plan, wish: Wish, tell: Tell) -> str:
    live = read_live(session, bundle.name)
    arn = live.arn if isinstance(live, Live) else ""
    changed = plan.action in ("create", "unknown") or bool(plan.changes)
    if changed:
        upload_all(session, bundle.uploads, lambda u, state: tell(f"{state} {u.uri}"))
        arn = _write(session, bundle, live, tell)
    tags = {} if plan.action == "create" else plan.tags_added if plan.action != "unknown" else bundle.tags
    _tag(session, arn, tags, plan.tags_left if wish.prune_tags else (), tell)
    if wish.alias:
        tell(set_alias(session, bundle.name, wish.alias))
    if plan.schedule is not None:
        tell(f"{put_schedule(session, plan.schedule)} schedule {bundle.name}")
    return arn


def _write(session: Session, bundle: Bundle, live: Live | Hidden | None, tell: Tell) -> str:
    """Create or update. Who loses a race, or may not look, updates; never is the wording of an error read."""
    if isinstance(live, Live):
        return _update(session, bundle, tell)
    from botocore.exceptions import ClientError

    with told("create the pipeline"):
        try:
            arn: str = session.sagemaker.create_pipeline(**bundle.create)["PipelineArn"]
            tell(f"created {arn}")
            return arn
        except ClientError as error:
            if error_code(error) not in MAYBE_THERE:
                raise
            refused = error
    return _after_refusal(session, bundle, refused, tell)


def _after_refusal(session: Session, bundle: Bundle, refused: Any, tell: Tell) -> str:
    """The create was refused: the pipeline is there (update it), or it is not (then the refusal is what counts)."""
    now = read_live(session, bundle.name)
    if now is None:
        raise mapped(translate(refused, "create the pipeline"), bundle)
    if isinstance(now, Live) and make_plan(bundle, now, None).empty:
        tell(f"unchanged {now.arn}: another run has just made it")
        return now.arn
    try:
        return _update(session, bundle, tell)
    except AwsFault as fault:
        if fault.code == "aws-not-found":
            raise mapped(translate(refused, "create the pipeline"), bundle) from None
        raise


def _update(session: Session, bundle: Bundle, tell: Tell) -> str:
    from botocore.exceptions import ClientError

    with told("update the pipeline"):
        try:
            arn: str = session.sagemaker.update_pipeline(**bundle.update)["PipelineArn"]
        except ClientError as error:
            fault = translate(error, "update the pipeline")
            if error_code(error) in NOT_FOUND:
                raise AwsFault("aws-not-found", fault.message) from None
            raise mapped(fault, bundle) from None
    tell(f"updated {arn}")
    return arn


def _tag(session: Session, arn: str, added: dict[str, str], pruned: tuple[str, ...], tell: Tell) -> None:
    if added and arn:
        with told("tag the pipeline"):
            session.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": k, "Value": v} for k, v in added.items()])
        tell(f"tagged {', '.join(added)}")
    if pruned and arn:
        with told("remove tags from the pipeline"):
            session.sagemaker.delete_tags(ResourceArn=arn, TagKeys=list(pruned))
        tell(f"untagged {', '.join(pruned)}")


def mapped(fault: AwsFault, bundle: Bundle) -> AwsFault:
    """A refusal of the definition with the line of the YAML that it speaks of, where a step's name stands in it."""
    steps = _steps(bundle.definition.get("Steps", []), "/Steps")
    for name, pointer in sorted(steps.items(), key=lambda item: -len(item[0])):
        place = bundle.places.get(pointer)
        if place and f"{name}" in fault.message.replace("'", " ").replace("[", " ").replace("]", " ").split():
            where = f"{place['file']}:{place['line']}:{place['column']}: step `{name}`"
            return fault.with_notes(where)
    return fault


def _steps(steps: list[Any], pointer: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, step in enumerate(steps):
        at = f"{pointer}/{number}"
        found[step["Name"]] = at
        for key in ("IfSteps", "ElseSteps", "ForEachBody"):
            found |= _steps((step.get("Arguments") or {}).get(key) or [], f"{at}/Arguments/{key}")
    return found


def fresh_plan(session: Session, bundle: Bundle) -> Plan:
    """The plan as of now."""
    return make_plan(bundle, read_live(session, bundle.name), read_schedule(session, bundle.schedule))
