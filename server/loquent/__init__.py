"""Loquent: NPCs that talk in VR. The server."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("loquent")
except PackageNotFoundError:  # run from a checkout that wasn't installed
    __version__ = "0.1.0"
