"""The tools that do the tasks: ours, bare decompression, and those of others."""

from __future__ import annotations

from benches.tools.bare import Bare
from benches.tools.base import Peers, Tool
from benches.tools.biometal import Biometal
from benches.tools.peers import all_peers


def all_tools(peers: Peers) -> list[Tool]:
    """Every tool, installed or not."""
    return [Bare(), Biometal(), *all_peers(peers)]
