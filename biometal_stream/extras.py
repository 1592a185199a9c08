"""Imports packages that only an extra installs, with a clear error if missing or too old."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from biometal_stream.errors import MissingExtraError


def need(
    name: str, extra: str, reader: str, *, at_least: str | None = None, package: str | None = None
) -> Any:
    """Imports a package of an extra.

    Args:
        name: The module, such as ``torch`` or ``onnxruntime.quantization``.
        extra: The extra that installs it.
        reader: The feature that needs it, for the message.
        at_least: The first suitable version, such as ``1.12``.
        package: The name of the distribution, if it differs from the module's.

    Raises:
        MissingExtraError: It is not installed, does not load, or is too old.
    """
    package = package or name.partition(".")[0]
    install = f"pip install 'biometal-stream[{extra}]'"
    try:
        module = import_module(name)
    except ImportError as error:
        raise MissingExtraError(f"{reader} needs {package} ({error}); {install}") from error
    if at_least is not None:
        from importlib import metadata  # which imports Python's e-mail package

        found = metadata.version(package)
        if _numbers(found) < _numbers(at_least):
            raise MissingExtraError(
                f"{reader} needs {package} {at_least} or later, but {found} is installed;"
                f" {install} '{package}>={at_least}'"
            )
    return module


def _numbers(version: str) -> tuple[int, ...]:
    """The release of a version, as numbers: ``2.1.0rc1`` is 2, 1, 0."""
    return tuple(int(part) for part in re.findall(r"\d+", re.split(r"[a-z+]", version)[0]))
