"""Python packages, each used by a script as its documentation says."""

from __future__ import annotations

import json
from collections.abc import Callable

from benches.machine import REPOSITORY
from benches.tools.base import LEVEL, Line, Work


def script(name: str, *variables: str, **environment: str) -> Callable[[Work, str], Line]:
    """What runs a script of `benches/scripts`, with what it is to do as JSON.

    Args:
        name: The script.
        variables: Environment variables that set the number of threads.
        environment: Other variables that the package needs.
    """

    def line(work: Work, python: str) -> Line:
        kept = work.task.filter
        asked = {
            "inputs": work.inputs,
            "output": work.task.output,
            "targets": work.targets,
            "threads": work.threads,
            "level": LEVEL,
            "min_length": kept.min_length if kept else None,
            "max_n": kept.max_n if kept else None,
        }
        path = str(REPOSITORY / "benches" / "scripts" / name)
        told = dict.fromkeys(variables, str(work.threads)) if work.threads else {}
        return Line((python, "-I", path, json.dumps(asked)), {**environment, **told})

    return line
