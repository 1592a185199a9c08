"""Column functions for engines that do not pass on Python's exceptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.pipeline.failures import watched

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from biometal_stream.interop.functions import Column, ColumnFunction


def watched_call(function: ColumnFunction) -> Callable[..., Column]:
    """Wraps a function so that `own_errors` raises its errors unchanged.

    It has no annotations, which some engines would read as their own types.
    """

    def results(columns: tuple[Column, ...]) -> Generator[Column, None, None]:
        yield function(*columns)

    def call(*columns):  # type: ignore[no-untyped-def] # noqa: ANN002, ANN202
        return next(watched(results(columns)))

    return call
