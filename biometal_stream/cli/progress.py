"""How far a run is, on standard error."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from biometal_stream.cli import figures
from biometal_stream.cli.escape import printable
from biometal_stream.cli.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.table import Table

    from biometal_stream.pipeline.report import Snapshot

PER_SECOND = 5
"""How often a terminal shows news; a snapshot costs microseconds."""

INTERVAL = 10.0
"""Seconds between the lines of a log."""

WIDE = 110
"""Columns of a terminal that has room for a bar beside the numbers."""


@contextmanager
def progress(
    snapshot: Callable[[], Snapshot], *, wanted: bool | None, interval: float = INTERVAL
) -> Iterator[Callable[[str], None]]:
    """Shows progress while the body runs.

    On a terminal one line is kept up to date and vanishes at the end. Elsewhere, and only when
    asked for, a plain line comes every few seconds, which suits the log of a batch job.

    Args:
        snapshot: Tells how far the run is; called from another thread.
        wanted: Whether to show it; ``None`` means on a terminal.
        interval: Seconds between plain lines.

    Yields:
        What writes another line to standard error meanwhile.
    """
    terminal = sys.stderr is not None and sys.stderr.isatty()
    if wanted is None:
        wanted = terminal
    if not wanted or sys.stderr is None:
        yield say
    elif terminal:
        with _live(snapshot) as say_above:
            yield say_above
    else:
        with _lines(snapshot, interval):
            yield say


def line(now: Snapshot) -> str:
    """How far a run is, in words and numbers; what matters most comes first."""
    parts = []
    if now.bytes_total:
        done = min(1.0, now.bytes_read / now.bytes_total)
        parts.append(f"{100 * done:.0f} %")
        if done > 0:
            parts.append(f"{figures.whole_seconds(now.seconds * (1 - done) / done)} left")
    parts += [
        f"{figures.count(now.reads_in)} reads",
        f"{figures.rounded(_rate(now.reads_in, now))} reads/s",
        f"{_rate(now.bytes_read, now) / 1e6:.1f} MB/s",
    ]
    if now.kept is not None:
        parts.append(f"{figures.share(min(1.0, now.kept))} kept")
    return "  ".join(parts)


def _rate(amount: float, now: Snapshot) -> float:
    return amount / now.seconds if now.seconds > 0 else 0.0


@contextmanager
def _live(snapshot: Callable[[], Snapshot]) -> Iterator[Callable[[str], None]]:
    from rich.console import Console
    from rich.live import Live

    console = Console(stderr=True, highlight=False, markup=False, emoji=False)

    def say_above(text: str) -> None:
        console.print(printable(text), soft_wrap=True)

    with Live(
        get_renderable=lambda: _shown(snapshot(), console.width),
        console=console,
        refresh_per_second=PER_SECOND,
        transient=True,
        redirect_stdout=False,  # the result may go there, as bytes
        redirect_stderr=False,
    ):
        yield say_above


def _shown(now: Snapshot, width: int) -> Table:
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    row = Table.grid(padding=(0, 1))
    text = Text(line(now), no_wrap=True, overflow="ellipsis")
    if now.bytes_total and width >= WIDE:
        bar = ProgressBar(now.bytes_total, min(now.bytes_read, now.bytes_total), width=20)
        row.add_row(bar, text)
    else:
        row.add_row(text)
    return row


@contextmanager
def _lines(snapshot: Callable[[], Snapshot], interval: float) -> Iterator[None]:
    ended = threading.Event()

    def show() -> None:
        while not ended.wait(interval):
            say(line(snapshot()))

    thread = threading.Thread(target=show, name="biometal-progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
