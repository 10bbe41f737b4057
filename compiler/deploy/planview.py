"""A plan for people: text for a terminal, Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.deploy.plan import Plan
from compiler.deploy.valueview import contrast, short
from compiler.diff import Change

SIGNS = {"added": "+", "removed": "-", "changed": "~", "renamed": "~", "moved": "~"}
HEADS = {
    "create": "The pipeline does not exist: upsert creates it.",
    "update": "Upsert changes the pipeline.",
    "none": "No change: the live pipeline is as the file says.",
    "unknown": "The live pipeline may not be read: upsert creates or updates it, and what changes cannot be told.",
}


def text(plan: Plan) -> str:
    """The plan as plain text."""
    where = f" (target {plan.target})" if plan.target else ""
    lines = [f"pipeline {plan.pipeline}{where} in {plan.region or 'the default region'}", HEADS[plan.action]]
    lines += [f"  {line}" for line in _changes(plan)]
    if plan.code:
        lines += ["to upload:", *(f"  + {uri}" for uri in plan.code)]
    if plan.forecast and plan.action != "create":
        rows = [f for f in plan.forecast if f.cacheable]
        width = max((len(f.step) for f in rows), default=0)
        lines += ["cache, in the next execution with the default parameters:"]
        lines += [f"  {f.step:<{width}}  {f.verdict}: {f.why}" for f in rows]
        lines += [f"  {line}" for line in _never(plan, "")]
    lines += [f"note: {note}" for note in _notes(plan)]
    return "\n".join(lines) + "\n"


def markdown(plan: Plan) -> str:
    """The plan as Markdown, made for a comment on a pull request."""
    lines = [f"### Pipeline `{plan.pipeline}`" + (f", target `{plan.target}`" if plan.target else ""), ""]
    lines += [HEADS[plan.action], ""]
    if changes := list(_changes(plan)):
        lines += ["```diff", *changes, "```", ""]
    if plan.code:
        lines += [f"<details><summary>to upload: {len(plan.code)}</summary>", ""]
        lines += [*(f"- `{uri}`" for uri in plan.code), "", "</details>", ""]
    if plan.forecast and plan.action != "create":
        lines += ["| step | cache | why |", "|---|---|---|"]
        lines += [f"| {_cell(f'`{f.step}`')} | {f.verdict} | {_cell(f.why)} |" for f in plan.forecast if f.cacheable]
        lines += ["", *_never(plan, "`"), ""]
    lines += [f"- {note}" for note in _notes(plan)]
    return "\n".join(lines).rstrip() + "\n"


def _never(plan: Plan, quote: str) -> Iterator[str]:
    """The steps that run in every execution, since the service reuses none of their type."""
    if never := [f"{quote}{f.step}{quote}" for f in plan.forecast if not f.cacheable]:
        yield f"never reused, by their type: {', '.join(never)}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _changes(plan: Plan) -> Iterator[str]:
    for change in plan.changes:
        yield _change(change, plan.action == "create")
    for key, value in plan.tags_added.items():
        yield f"+ tag {key}: {value}"
    for key in plan.tags_removed:
        yield f"- tag {key}"
    for change in plan.scheduled:
        whole = f"{SIGNS[change.kind]} schedule {change.after or change.before}"
        yield _change(change, False) if change.path else whole


def _change(change: Change, whole: bool) -> str:
    sign = SIGNS[change.kind]
    subject = f"{change.subject} {change.name}".strip()
    match change.kind:
        case "renamed":
            return f"~ step {change.before} is renamed to {change.after}"
        case "moved":
            return f"~ step {change.name} moves from {change.before} to {change.after}"
        case _ if not change.path:
            kind = change.after or change.before
            detail = f" ({kind['Type']})" if isinstance(kind, dict) and "Type" in kind else ""
            return f"{sign} {subject}{detail}"
    path = change.path.removeprefix("Arguments.")
    if change.kind == "changed":
        before, after = contrast(change.before, change.after)
        return f"~ {subject}: {path}: {before} -> {after}"
    return f"{sign} {subject}: {path}: {short(change.after if change.kind == 'added' else change.before)}"


def _notes(plan: Plan) -> Iterator[str]:
    for step, attribute in plan.kept:
        yield f"step {step} is cached and its `{attribute}` changed: a hit keeps the old place"
    if plan.tags_left:
        yield f"tags that the file does not have stay: {', '.join(plan.tags_left)} (--prune-tags removes them)"
    yield from plan.notes
