"""biometal_stream beside other tools: ``python -m benches.peers`` in the folder of the clone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from benches import run
from benches.peers import goals, matrix, readme
from benches.peers.tasks import compared_tasks
from benches.run import Bench
from benches.tools.biometal import NAME as OURS
from benches.tools.biometal import Biometal

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from benches.tasks import Task
    from benches.tools.base import Tool

_ABOUT = __doc__
_LEFT_OUT = frozenset({"biobear"})
"""Tools that are slower than another that does the same; `benches.run` has them."""


class PeerBench(Bench):
    """The jobs that tools have in common; what it is given is as for `Bench`."""

    program = "python -m benches.peers"
    about = _ABOUT
    default_reads = 1_500_000
    parts = "'job: ...'"
    starts = False

    @staticmethod
    def keep(asked: argparse.Namespace, results: dict[str, Any]) -> None:
        """Prints what the README says, and writes the table of all numbers of threads."""
        sys.stdout.write(f"\n{readme.markdown(results)}\n{goals.text(results)}")
        if asked.markdown:
            asked.markdown.write_text(matrix.markdown(results), encoding="utf-8")

    def _tools(self) -> list[Tool]:
        tools = [tool for tool in super()._tools() if tool.name not in {*_LEFT_OUT, OURS}]
        return [Biometal(statistics=False), *tools]

    def _tasks(self) -> list[Task]:
        return compared_tasks()

    def _rest(self) -> dict[str, Any]:
        return {}


def main(words: Sequence[str] | None = None) -> int:
    """Runs the bench; status and errors are as for `benches.run.main`."""
    return run.main(words, PeerBench)


if __name__ == "__main__":
    sys.exit(main())
