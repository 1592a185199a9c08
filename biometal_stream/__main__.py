"""``python -m biometal_stream`` is the command line."""

from __future__ import annotations

import sys

from biometal_stream.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
