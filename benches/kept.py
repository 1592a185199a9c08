"""Runs that are kept as they end, so that a bench that was interrupted goes on where it was."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benches.contents import contents_of
from benches.processes import FailedError, Usage
from benches.runs import Run

_BEGIN = '{"about": '


@dataclass
class Kept:
    """The runs in a file of JSON lines.

    Attributes:
        path: The file; ``None`` keeps nothing.
        about: What the runs depend on. Those of anything else are not used.
    """

    path: Path | None = None
    about: str = ""
    _runs: dict[str, tuple[Run, Run]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Reads what is there. A last line that was cut off is taken away.

        Raises:
            FailedError: The file cannot be read or written, or is of something else.
        """
        if self.path is None:
            return
        try:
            self.path.touch()
            text = self.path.read_text(encoding="utf-8")
            whole, rest = text[: text.rfind("\n") + 1], text[text.rfind("\n") + 1 :]
            if not _BEGIN.startswith(rest[: len(_BEGIN)]):
                raise ValueError(rest)
            for line in whole.splitlines():
                told = json.loads(line)
                if told["about"] == self.about:
                    self._runs[told["name"]] = (_run(told["full"]), _run(told["start"]))
        except (ValueError, KeyError, TypeError) as error:
            raise FailedError(f"{self.path}: holds no runs of this bench; name another") from error
        except OSError as error:
            raise FailedError(f"{self.path}: {error.strerror or error}") from error
        if whole != text:
            self.path.write_text(whole, encoding="utf-8")

    def find(self, name: str) -> tuple[Run, Run] | None:
        """A run and its start; ``None`` where it is still to be made."""
        return self._runs.get(name)

    def add(self, name: str, full: Run, start: Run) -> None:
        """Keeps a run and its start."""
        if self.path is None:
            return
        told = {"about": self.about, "name": name, "full": asdict(full), "start": asdict(start)}
        with self.path.open("a", encoding="utf-8") as out:
            out.write(json.dumps(told) + "\n")


def _run(told: dict[str, Any]) -> Run:
    found = told["contents"]
    return Run(
        Usage(**told["usage"]),
        tuple(told["sizes"]),
        told["reads"],
        told["report"],
        contents_of(found) if found else None,
    )
