"""Functions of columns as engines call them that know no exceptions of Python's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.pipeline.failures import watched

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from biometal_stream.interop.functions import Column, ColumnFunction


def watched_call(function: ColumnFunction) -> Callable[..., Column]:
    """A function whose errors `own_errors` raises as themselves.

    It has no annotations, which some engines would read as types of their own.
    """

    def results(columns: tuple[Column, ...]) -> Generator[Column, None, None]:
        yield function(*columns)

    def call(*columns):  # type: ignore[no-untyped-def] # noqa: ANN002, ANN202
        return next(watched(results(columns)))

    return call
