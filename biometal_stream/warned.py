"""Passes the warnings of this package to a function instead of printing them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from biometal_stream.errors import BiometalWarning


@contextmanager
def taking_warnings(take: Callable[[type[BiometalWarning], str], object]) -> Iterator[None]:
    """Passes each `BiometalWarning` of the body to a function; others are handled as usual.

    Changes the warnings of the whole process meanwhile, so it is for one thread only.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("always", BiometalWarning)
        usual = warnings.showwarning

        def show(
            message: Warning | str, category: type[Warning], *place: Any, **where: Any
        ) -> None:
            if issubclass(category, BiometalWarning):
                take(category, str(message))
            else:
                usual(message, category, *place, **where)

        warnings.showwarning = show
        yield
