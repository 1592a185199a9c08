"""What `doctor` finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: Its name.
        found: What there is, or what is wrong.
        state: ``ok``; ``note``, for what is missing and only makes things slower or fewer; or
            ``broken``, for what the main job cannot do without.
    """

    what: str
    found: str
    state: str = "ok"


def words_of(fault: Exception) -> str:
    """What an exception says; an error of ours says it without its class."""
    from biometal_stream.errors import BiometalError

    return str(fault) if isinstance(fault, BiometalError) else f"{type(fault).__name__}: {fault}"
