"""Lists the tools that are found, with years: ``python -m benches.peers.versions [VENV]``."""

from __future__ import annotations

import sys
from pathlib import Path

from benches.tools.base import Peers
from benches.tools.peers import all_peers
from benches.tools.releases import RELEASES


def listed(where: Peers) -> str:
    """A line for each tool: its version and the year of that, and where it is.

    Args:
        where: Where they are looked for.
    """
    lines = []
    for peer in all_peers(where):
        if peer.more:
            continue
        version = peer.version()
        if version is None:
            lines.append(f"{peer.name}: not found; the newest is {RELEASES[peer.name].newest}")
        else:
            lines.append(f"{peer.name}: {RELEASES[peer.name].describe(version)}, {peer.path}")
    return "".join(f"{line}\n" for line in lines)


def main(arguments: list[str]) -> int:
    """Prints the list."""
    if len(arguments) > 1:
        sys.stderr.write("usage: python -m benches.peers.versions [VENV]\n")
        return 2
    sys.stdout.write(listed(Peers(Path(arguments[0]).absolute() if arguments else None)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
