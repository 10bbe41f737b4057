"""Framework and algorithm fields to image URIs, by the pipeline's region."""

from __future__ import annotations

from compiler.decode.settings import missing_setting
from compiler.diagnostics import Place, Report
from compiler.model.pipeline import Parameter
from compiler.model.values import Get, Hole, Literal, MapValue, Value, text
from compiler.shapes.image_choice import Scope
from compiler.shapes.image_problem import ImageProblem
from compiler.shapes.images import Image, algorithms, resolve
from compiler.text import guess, record

FIELD_OF = {
    "unknown-framework": "name", "unsupported-scope": "name", "missing-version": "name", "unknown-version": "version",
    "missing-base-framework": "name", "unknown-base-framework": "base_version", "missing-py-version": "name",
    "unknown-py-version": "py_version", "unsupported-accelerator": "accelerator",
    "unknown-region": "name",
}  # fmt: skip

GIVEN = {"missing-version": "version", "missing-base-framework": "base_version", "missing-py-version": "py_version"}


@record
class Images:
    """Resolves images for one pipeline; an image the region lacks is an error where it is asked for."""

    settings: MapValue
    parameters: dict[str, Parameter]
    report: Report

    def framework(self, f: MapValue, scope: Scope, instance: Value | None) -> Value:
        """The image of a `framework` field for `scope` (training, inference, processing)."""
        name, region = f.text("name"), self._region()
        known = isinstance(f.get("name"), Literal) and isinstance(f.get("version"), Literal)
        if not known or not region or isinstance(instance, Hole):
            return Hole(f.span)
        found = resolve(
            name,
            f.text("version"),
            region=region,
            scope=scope,
            instance_type=self.instance(instance),
            py_version=f.text("py_version") or None,
            base_framework=f.text("base_version") or None,
            accelerator=f.text("accelerator") or None,
        )
        return self._found(found, f, f.text("name"), scope, instance)

    def serves(self, f: MapValue, instance: Value | None) -> bool:
        """Whether the training image of a `framework` field is its inference image, too; yes where that is unknown."""
        name, region, version = f.text("name"), self.settings.text("region"), f.text("version")
        python, base = f.text("py_version") or None, f.text("base_version") or None
        machine = self.instance(instance)
        scopes: tuple[Scope, ...] = ("training", "inference")
        found = [
            resolve(
                name, version, region=region, scope=s, instance_type=machine, py_version=python, base_framework=base
            )
            for s in scopes
        ]
        uris = [image.uri for image in found if isinstance(image, Image)]
        return len(uris) < len(scopes) or uris[0] == uris[1]

    def algorithm(self, value: Value, instance: Value | None) -> Value:
        """The image of an `algorithm` field."""
        f = value if isinstance(value, MapValue) else MapValue({}, value.span)
        named = f.get("name") if f.members else value
        region = self._region()
        if (
            not isinstance(named, Literal)
            or not region
            or any(isinstance(v, Hole) for v in (instance, f.get("version")))
        ):
            return Hole(value.span)
        name = named.as_text
        if name not in algorithms():
            hint = guess(name, algorithms()) or "the algorithms are " + ", ".join(algorithms())
            self.report.add("unknown-algorithm", f"no algorithm is named `{name}`", named.span, hint=hint)
            return Hole(value.span)
        found = resolve(name, f.text("version") or None, region=region, scope="training",
                        instance_type=self.instance(instance))  # fmt: skip
        return self._found(found, f if f.members else MapValue({}, value.span), name, "training", instance)

    def instance(self, value: Value | None) -> str | None:
        """The instance type as far as it is known when compiling: a literal, or the default of a parameter."""
        match value:
            case Literal():
                return value.as_text or None
            case Get(root="Parameters", name=name) if name in self.parameters:
                default = self.parameters[name].default
                return default if isinstance(default, str) else None
            case _:
                return None

    def _region(self) -> str:
        region = self.settings.get("region")
        if region is None:
            self.report.extend([missing_setting("region", self.settings.span)])
        return region.as_text if isinstance(region, Literal) else ""

    def _found(self, found: Image | ImageProblem, f: MapValue, name: str, scope: str, instance: Value | None) -> Value:
        if isinstance(found, Image):
            return text(found.uri, f.span)
        if found.kind == "invalid-instance-type" and scope != "inference":
            return Hole(f.span)  # the slot of the instance type says so; a model has none
        span = f.span_of(FIELD_OF.get(found.kind, "")) if found.kind in FIELD_OF else f.span
        machine = (
            "missing-instance-type",
            "invalid-instance-type",
            "unsupported-instance-type",
            "unsupported-processor",
        )
        if found.kind in machine and instance is not None:
            span = instance.span
        code = "image-region" if found.kind == "unknown-region" else "unknown-image"
        region = self.settings.get("region") if code == "image-region" else None
        places = (Place(region.span, "the pipeline's region"),) if region is not None else ()
        self.report.add(code, _say(found, name, scope, self.settings.text("region")), span, hint=_mend(found),
                        places=places)  # fmt: skip
        return Hole(f.span)


def _say(problem: ImageProblem, name: str, scope: str, region: str) -> str:
    value = problem.value
    messages = {
        "unknown-framework": f"no framework is named `{value}`",
        "unsupported-scope": f"`{name}` has no {scope} image",
        "missing-version": f"`{name}` has several versions, and none is given",
        "unknown-version": f"`{name}` has no {scope} image of version `{value}`",
        "missing-base-framework": f"`{name}` has several base frameworks, and none is given",
        "unknown-base-framework": f"`{name}` has no image with the base framework `{value}`",
        "missing-py-version": f"`{name}` has images of several Python versions, and none is given",
        "unknown-py-version": f"`{name}` has no image with the Python version `{value}`",
        "missing-instance-type": f"the image of `{name}` depends on `instance_type`, which is not known when compiling",
        "invalid-instance-type": f"`{value}` is not an instance type",
        "unsupported-instance-type": f"the image of `{name}` does not run on `{value}`",
        "unsupported-processor": f"`{name}` has no {scope} image for {value} machines",
        "unsupported-accelerator": f"the image of `{name}` takes no accelerator `{value}`",
        "unknown-region": f"the image of `{name}` is not published in `{region}`",
    }
    return messages[problem.kind]


def _mend(problem: ImageProblem) -> str:
    if problem.kind == "unknown-region":
        return "choose another region, or give `image` with a copy of your own"
    if problem.near:
        return f"did you mean `{problem.near}`?"
    if problem.kind == "missing-instance-type":
        return "give `instance_type`, or say `accelerator: cpu` or `gpu` in `framework`"
    known = list(problem.known)
    if not known:
        return ""
    shown = ", ".join(f"`{k}`" for k in known[:16])
    rest = ", …" if len(known) > 16 else ""
    if problem.kind in GIVEN:
        return f"give `{GIVEN[problem.kind]}`, one of {shown}{rest}"
    return f"its images are for {shown}" if problem.kind == "unsupported-scope" else f"known: {shown}{rest}"
