"""A finding of `doctor`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """The result of one check.

    Attributes:
        what: What was checked.
        found: What there is, or what is wrong.
        state: ``ok``; ``note``, if something is missing or slow but reads are processed; or
            ``broken``, if the main task does not work.
    """

    what: str
    found: str
    state: str = "ok"


def words_of(fault: Exception) -> str:
    """The text of an exception, with its class unless it is one of ours."""
    from biometal_stream.errors import BiometalError

    return str(fault) if isinstance(fault, BiometalError) else f"{type(fault).__name__}: {fault}"
