"""The `code` field: what is uploaded, and the script in it that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compiler.assets import Asset, AssetFault
from compiler.model.values import Get, Hole, Join, Literal, MapValue, Value

if TYPE_CHECKING:
    from compiler.resolve.context import BuildContext

ARCHIVES = (".tar.gz", ".tgz")


def code_file(ctx: BuildContext, code: Value) -> tuple[Value, str]:
    """The S3 URI and the file name of a single script, which lies in the project or in S3."""
    if in_s3(ctx, code):
        return code, _name(ctx, code)
    if not isinstance(code, Literal):
        return Hole(code.span), ""
    asset = _fit(ctx.builder.store.file(code.as_text), code.as_text)
    return ctx.uploaded(asset, code.span), code.as_text.rsplit("/", 1)[-1]


def code_archive(ctx: BuildContext, code: Value) -> tuple[Value, str]:
    """The S3 URI of an archive, and the script in it that runs."""
    if isinstance(code, MapValue):
        return _folder(ctx, code)
    if in_s3(ctx, code):
        return _bare(ctx, code)
    if not isinstance(code, Literal):
        return Hole(code.span), ""
    asset = _fit(ctx.builder.store.archive(code.as_text), code.as_text)
    return ctx.uploaded(asset, code.span), code.as_text.rsplit("/", 1)[-1]


def _fit(asset: Asset | AssetFault, path: str) -> Asset | AssetFault:
    """A folder in place of a script is told how a folder is shipped."""
    if isinstance(asset, AssetFault) and asset.is_folder:
        return asset._replace(hint=f"write `{{dir: {path}, entry: ...}}` to ship a folder")
    return asset


def _folder(ctx: BuildContext, code: MapValue) -> tuple[Value, str]:
    """`{dir, entry, requirements}`: a folder to pack, or an archive that lies in S3."""
    folder, script = code.get("dir"), code.get("entry")
    if folder is None or isinstance(folder, Hole) or not isinstance(script, Literal):
        return Hole(code.span), ""
    entry = script.as_text
    for key, value in (("dir", folder), ("entry", script)):
        if isinstance(value, Literal) and not value.as_text:
            ctx.report("code-entry", f"`{key}` is empty", value.span)
            return Hole(code.span), ""
    if in_s3(ctx, folder):
        if (given := code.members.get("requirements")) is not None:
            message = "an archive in S3 brings its own requirements.txt"
            ctx.report("conflicting-keys", message, given.key_span, hint="put the file into the archive")
        return folder, entry
    if not isinstance(folder, Literal):
        return Hole(folder.span), ""
    asset = ctx.builder.store.archive(folder.as_text, entry, code.text("requirements"))
    part = asset.part if isinstance(asset, AssetFault) else ""
    return ctx.uploaded(asset, code.span_of(part or "dir")), entry


def _bare(ctx: BuildContext, code: Value) -> tuple[Value, str]:
    """A URI alone, where the container wants an archive and the name of a script."""
    name = _name(ctx, code)
    if name.endswith(ARCHIVES):
        hint = "write `{dir: ..., entry: train.py}`, with this URI as `dir` and the script's name as `entry`"
        ctx.report("code-name", "the archive does not say which of its scripts runs", code.span, hint=hint)
        return Hole(code.span), ""
    if name:
        hint = "pack the script into a `.tar.gz` and write `{dir: s3://...tar.gz, entry: ...}`, or give a local file"
        ctx.report(
            "code-archive", f"the container unpacks what it fetches, and `{name}` is no archive", code.span, hint=hint
        )
    return code, name


def in_s3(ctx: BuildContext, code: Value) -> bool:
    """Whether code lies in S3 already. A local path that is known only when running is reported."""
    match code:
        case Literal():
            return code.as_text.startswith("s3://")
        case Get() | Hole():
            return True
        case Join(values=(Literal() as head, *_)) if not head.as_text.startswith("s3:/"):
            message = "the path of a file must be known when compiling, and this is known only when running"
            hint = "use a `${{ variables.… }}` or `${{ target.… }}` value, or an S3 URI"
            ctx.report("runtime-in-compile-slot", message, code.span, hint=hint)
            return False
        case _:
            return isinstance(code, Join)


def _name(ctx: BuildContext, code: Value) -> str:
    """The file that a URI ends in; a script needs a name to be run by."""
    tail: Value | None = code
    while isinstance(tail, Join):
        tail = tail.values[-1]
    name = tail.as_text.rsplit("/", 1)[-1] if isinstance(tail, Literal) else ""
    if not name and not isinstance(code, Hole):
        message = "the script's file name cannot be told from this URI"
        ctx.report("code-name", message, code.span, hint="end the URI with the file's name")
    return name
