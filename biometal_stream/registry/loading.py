"""Reports any error during the import of a plugin in one clear line."""

from __future__ import annotations

import sys
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING

from biometal_stream.errors import PluginError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def loading(what: str, file: str | None = None) -> Iterator[None]:
    """Raises any exception of the body as an error that says what was being loaded.

    Whatever the body prints goes to standard error, since standard output may carry reads.

    Args:
        what: What is being loaded.
        file: The file whose line the message gives, if the exception comes from it.

    Raises:
        PluginError: The body raised an exception other than an interrupt.
    """
    try:
        with redirect_stdout(sys.stderr):
            yield
    except PluginError as error:
        raise PluginError(f"{what}: {error}") from None
    except SyntaxError as error:
        where = f"{error.filename}, line {error.lineno}" if error.filename != file else _line(error)
        raise PluginError(f"{what} does not load: {where}: {error.msg}") from error
    except (Exception, SystemExit) as error:
        text = " ".join(str(error).split())
        kind = type(error).__name__
        said = f"{kind}: {text}" if text else kind
        raise PluginError(f"{what} does not load: {_place(error, file)}{said}") from error


def _line(error: SyntaxError) -> str:
    return f"line {error.lineno}"


def _place(error: BaseException, file: str | None) -> str:
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == file]
    return f"line {lines[-1]}: " if lines else ""
