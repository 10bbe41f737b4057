"""Step code and files: found inside the project, hashed by content, packed reproducibly."""

from compiler.assets.archive import ARCHIVE
from compiler.assets.place import bucket_and_key, uri_in
from compiler.assets.project import Project, find_root
from compiler.assets.store import Asset, AssetFault, Store

__all__ = ["ARCHIVE", "Asset", "AssetFault", "Project", "Store", "bucket_and_key", "find_root", "uri_in"]
