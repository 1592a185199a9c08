"""The version of the package, which pyproject.toml takes from here.

To ask for that of the installed distribution would import Python's e-mail package, at each start.
"""

from __future__ import annotations

__version__ = "0.1.0"
