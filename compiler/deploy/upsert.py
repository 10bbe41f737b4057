"""The upsert: upload, create or update, tags, alias, schedule; each step told, each safe to do again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from compiler.deploy.blame import blamed
from compiler.deploy.bundle import Bundle
from compiler.deploy.faults import CONFLICT, NOT_FOUND, AwsFault, told
from compiler.deploy.live import Sight, look, read_live
from compiler.deploy.plan import Plan, make_plan
from compiler.deploy.schedule import drop_schedule, put_schedule
from compiler.deploy.session import Session, Tell
from compiler.deploy.upload import ensure
from compiler.deploy.versions import set_alias

MAYBE_THERE = ("ValidationException", *CONFLICT)
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True, slots=True)
class Job:
    """One upsert: what is wanted, what is live, what that changes, and who is told.

    `again` says what to do after a failure.
    """

    session: Session
    bundle: Bundle
    sight: Sight
    plan: Plan
    tell: Tell
    alias: str | None = None
    again: str = "run the same command again"


class _Act(NamedTuple):
    """Something to do. `what` stands in `not done: ...`; `do` says what it did."""

    what: str
    do: Callable[[], str]


class _Made:
    """What is known of the pipeline once it is written."""

    def __init__(self, arn: str) -> None:
        self.arn, self.fresh = arn, False


def upsert(job: Job) -> str:
    """Bring the live pipeline to what the bundle says; returns its ARN. Without a change nothing is written.

    Raises AwsFault, which then says what was done before, what was not, and that a second run does the rest.
    """
    made = _Made(job.sight.live.arn if job.sight.live else "")
    acts = list(_acts(job, made))
    done: list[str] = []
    try:
        for act in acts:
            said = act.do()
            done.append(said)
            job.tell(said)
    except AwsFault as fault:
        raise fault.with_notes(*_story(job, acts, done, fault.transient)) from None
    except KeyboardInterrupt:
        for line in _story(job, acts, done, uncertain=True):
            job.tell(line)
        raise
    return made.arn


def _story(job: Job, acts: list[_Act], done: list[str], uncertain: bool) -> Iterator[str]:
    left = [act.what for act in acts[len(done) :]]
    yield from (f"done: {said}" for said in done or ["nothing"])
    yield from (f"not done: {what}" for what in left)
    if uncertain:
        yield f"whether AWS still did this is not known: {left[0]}"
    yield f"when this is mended, {job.again}: it finds what is done and does the rest"


def _acts(job: Job, made: _Made) -> Iterator[_Act]:
    """What the plan asks for, in an order in which everything that is named is there already."""
    bundle, plan = job.bundle, job.plan
    uploads = [u for u in bundle.uploads if u.uri in plan.code]
    for number, upload in enumerate(uploads, 1):
        size = f"{len(upload.content):,} bytes, {number} of {len(uploads)}"
        state = job.sight.code[upload.uri]
        yield _Act(
            f"upload {upload.uri}",
            lambda u=upload, s=state, z=size: f"{ensure(job.session, u, s, job.tell)} {u.uri} ({z})",  # type: ignore[misc]
        )
    if plan.action in ("create", "unknown") or plan.changes:
        verb = {"create": "create", "update": "update"}.get(plan.action, "create or update")
        yield _Act(f"{verb} pipeline {bundle.name}", lambda: _write(job, made))
    if plan.tags_added and plan.action != "create":
        yield _Act(f"set tags {', '.join(plan.tags_added)}", lambda: _tag(job, made))
    if plan.tags_removed:
        yield _Act(f"remove tags {', '.join(plan.tags_removed)}", lambda: _untag(job, made))
    if job.alias:
        alias = job.alias
        yield _Act(f"set alias {alias}", lambda: set_alias(job.session, bundle.name, alias))
    if (schedule := plan.schedule) is not None:
        what = f"schedule {bundle.name}"
        yield _Act(f"set {what}", lambda: f"{put_schedule(job.session, schedule, job.sight.schedule)} {what}")
    if plan.unscheduled:
        yield _Act(f"delete schedule {bundle.name}", lambda: _unschedule(job))


def _write(job: Job, made: _Made) -> str:
    """Create or update. Who loses a race, or may not look, updates; never is the wording of an error read."""
    if job.sight.live is not None:
        return _update(job, made)
    try:
        with told("create the pipeline"):
            made.arn = job.session.sagemaker.create_pipeline(**job.bundle.create)["PipelineArn"]
    except AwsFault as refused:
        if refused.answer not in MAYBE_THERE:
            raise
        return _after_refusal(job, made, refused)
    made.fresh = True
    return f"created {made.arn}"


def _after_refusal(job: Job, made: _Made, refused: AwsFault) -> str:
    """The create was refused: the pipeline is there (update it), or it is not (then the refusal is what counts)."""
    now = replace(job.sight, pipeline=read_live(job.session, job.bundle.name))
    if now.pipeline is None and refused.answer not in CONFLICT:
        raise blamed(refused, job.bundle)
    if now.live is not None and not _changes(job.bundle, now):
        made.arn = now.live.arn
        said = f"found {made.arn}, which another run has just made alike"
    else:
        said = _update_what_is_there(job, made, refused)
    if now.live is not None and job.bundle.tags and not job.bundle.tags.items() <= (now.live.tags or {}).items():
        _tags(job, made, job.bundle.tags)
    return said


def _update_what_is_there(job: Job, made: _Made, refused: AwsFault) -> str:
    try:
        return _update(job, made)
    except AwsFault as fault:
        if fault.answer in NOT_FOUND:
            raise blamed(refused, job.bundle) from None
        raise


def _changes(bundle: Bundle, sight: Sight) -> bool:
    """Whether the pipeline itself, not its tags, code or schedule, is other than wanted."""
    return bool(make_plan(bundle, sight).changes)


def _update(job: Job, made: _Made) -> str:
    """UpdatePipeline has no token, so a call whose answer is lost is not repeated before the pipeline was looked at."""
    for pause in PAUSES:
        try:
            return _updated(job, made)
        except AwsFault as fault:
            if not fault.transient:
                raise blamed(fault, job.bundle) from None
        time.sleep(pause)
        now = replace(job.sight, pipeline=read_live(job.session, job.bundle.name))
        if now.live is not None and not _changes(job.bundle, now):
            made.arn = now.live.arn
            return f"updated {made.arn}"
    return _updated(job, made)


def _updated(job: Job, made: _Made) -> str:
    with told("update the pipeline"):
        made.arn = job.session.once.update_pipeline(**job.bundle.update)["PipelineArn"]
    return f"updated {made.arn}"


def _tag(job: Job, made: _Made) -> str:
    if not made.fresh:
        _tags(job, made, job.plan.tags_added)
    return f"set tags {', '.join(job.plan.tags_added)}"


def _tags(job: Job, made: _Made, tags: dict[str, str]) -> None:
    with told("tag the pipeline"):
        rows: list[dict[str, Any]] = [{"Key": k, "Value": v} for k, v in tags.items()]
        job.session.sagemaker.add_tags(ResourceArn=made.arn, Tags=rows)


def _unschedule(job: Job) -> str:
    drop_schedule(job.session, job.bundle.name)
    return f"deleted schedule {job.bundle.name}"


def _untag(job: Job, made: _Made) -> str:
    with told("remove tags from the pipeline"):
        job.session.sagemaker.delete_tags(ResourceArn=made.arn, TagKeys=list(job.plan.tags_removed))
    return f"removed tags {', '.join(job.plan.tags_removed)}"


def fresh_plan(session: Session, bundle: Bundle, prune_tags: bool = False) -> tuple[Sight, Plan]:
    """What is live, and the plan as of now."""
    sight = look(session, bundle)
    return sight, make_plan(bundle, sight, prune_tags)
