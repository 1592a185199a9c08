"""One step of a command line."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Step:
    """One step as typed. The first one has no name and holds the options of the whole run.

    Attributes:
        name: The step's name.
        options: Its options and their values.
        values: Its arguments.
    """

    name: str
    options: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)

    @property
    def arguments(self) -> list[str]:
        """The words for the step's command, written so that no argument looks like an option."""
        return [*self.options, "--", *self.values] if self.values else self.options
