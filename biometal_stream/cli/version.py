"""The version of the installed package."""

from __future__ import annotations


def version() -> str:
    """The bare number, such as ``0.1.0``."""
    from importlib import metadata

    try:
        return metadata.version("biometal-stream")
    except metadata.PackageNotFoundError:
        return "0+uninstalled"
