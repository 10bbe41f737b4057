"""The AWS side as data: request and describe shapes of the service models, and the table of container images.

`shape(service, name)` is the way in; `walk` follows a property path over shapes. Images live in
`compiler.shapes.images`, imported only by who needs them.
"""

from compiler.shapes.paths import Index, Key, Member, PathProblem, Segment, walk
from compiler.shapes.shape import Shape, made_from, shape

__all__ = ["Index", "Key", "Member", "PathProblem", "Segment", "Shape", "made_from", "shape", "walk"]
