"""What a run imports.

With words, runs that command line and prints the modules that there are then; without, imports
those that are named on standard input.
"""

from __future__ import annotations

import importlib
import sys
from contextlib import suppress


def main(words: list[str]) -> None:
    """Does either."""
    if not words:
        for name in sys.stdin.read().split():
            # Modules that are made while others run cannot be imported by name.
            with suppress(Exception):
                importlib.import_module(name)
        return
    from biometal_stream.cli.main import main as run

    with suppress(SystemExit):
        run(words)
    sys.stdout.write("\n".join(name for name in sys.modules if name != "__main__"))


if __name__ == "__main__":
    main(sys.argv[1:])
