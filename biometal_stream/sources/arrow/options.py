"""The options of reading Arrow files and streams."""

from __future__ import annotations

from dataclasses import dataclass

from biometal_stream.paths import plain_text
from biometal_stream.settings import option


@dataclass(frozen=True, kw_only=True)
class ArrowOptions:
    """How Arrow files and streams are read. What the file itself says needs no option.

    Raises:
        ConfigurationError: A value is invalid.
    """

    sample: str | None = option(
        "The sample's name, kept in the output's metadata; by default that of the files.",
        default=None,
        metavar="NAME",
    )

    def __post_init__(self) -> None:
        if self.sample is not None:
            plain_text("the sample's name", self.sample)
