"""Python's garbage collection, which a start does without.

Imports make hundreds of thousands of objects and drop none. To search them for garbage takes 10 to
20 ms of a start.
"""

from __future__ import annotations

import gc


def pause() -> None:
    """Collects no garbage until `resume`."""
    gc.disable()


def resume() -> None:
    """Collects garbage again, but only of what is made from now on; does nothing unless paused."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
