"""What the partitions of tables have in common."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from biometal_stream.errors import ConfigurationError

if TYPE_CHECKING:
    from biometal_stream.sources.options import Input


def absolute_path(file: Input) -> str:
    """The path of a file that other machines can open.

    Raises:
        ConfigurationError: The input does not have one.
    """
    again = "; write it to a file first, at a path that all machines share"
    if file == "-":
        raise ConfigurationError(f"standard input cannot be divided{again}")
    if not isinstance(file, str | os.PathLike):
        raise ConfigurationError(f"a file object cannot be divided: {file!r}{again}")
    path = os.path.abspath(file)  # noqa: PTH100 - the path may be text
    if os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113 - likewise
        raise ConfigurationError(
            f"{os.fspath(file)}: cannot be divided, since it is not a file{again}"
        )
    return path
