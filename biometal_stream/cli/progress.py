"""How far a run is, on standard error."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from biometal_stream.cli import figures, messages
from biometal_stream.cli.escape import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.table import Table

    from biometal_stream.pipeline.report import Snapshot

PER_SECOND = 5
"""How often a terminal shows news; a snapshot costs microseconds."""

INTERVAL = 10.0
"""Seconds between the lines of a log."""

BAR = 20
"""Columns of the bar beside the numbers, where there is room for it."""


@contextmanager
def progress(
    snapshot: Callable[[], Snapshot],
    *,
    wanted: bool | None,
    shared: bool = False,
    interval: float = INTERVAL,
) -> Iterator[Callable[[str], None]]:
    """Shows progress while the body runs.

    On a terminal one line is kept up to date and vanishes at the end. Elsewhere, and only when
    asked for, a plain line comes every few seconds, which suits the log of a batch job.

    Args:
        snapshot: Tells how far the run is; called from another thread.
        wanted: Whether to show it; ``None`` means on a terminal.
        shared: Whether the terminal also shows what the run writes, so that there is no line to
            keep up to date: plain lines, and these only when asked for.
        interval: Seconds between plain lines.

    Yields:
        What writes another line to standard error meanwhile.
    """
    terminal = sys.stderr is not None and sys.stderr.isatty()
    if wanted is None:
        wanted = terminal and not shared
    if not wanted or sys.stderr is None:
        yield messages.say
    elif terminal and not shared:
        with _live(snapshot) as say_above:
            yield say_above
    else:
        with _lines(snapshot, interval):
            yield messages.say


def line(now: Snapshot, width: int | None = None) -> str:
    """How far a run is, in words and numbers.

    Args:
        now: The run.
        width: Columns to fit into, by leaving out what matters less: first the bytes, then the
            time left, the rate, the share that is kept, and the number of reads.
    """
    parts: dict[str, str] = {}
    if now.bytes_total:
        done = min(1.0, now.bytes_read / now.bytes_total)
        parts["done"] = f"{100 * done:.0f} %"
        if done > 0:
            left = now.seconds * (1 - done) / done
            parts["left"] = f"{figures.whole_seconds(left)} left"
    parts["reads"] = figures.counted(now.reads_in, "reads")
    parts["rate"] = f"{figures.rounded(_rate(now.reads_in, now))} reads/s"
    parts["bytes"] = f"{_rate(now.bytes_read, now) / 1e6:.1f} MB/s"
    if now.kept is not None:
        parts["kept"] = f"{figures.share(min(1.0, now.kept))} kept"
    for least in ("bytes", "left", "rate", "kept", "reads"):
        if width is None or len("  ".join(parts.values())) <= width:
            break
        parts.pop(least, None)
    return "  ".join(parts.values())


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
    text = Text(line(now, width), no_wrap=True, overflow="ellipsis")
    if now.bytes_total and len(text) + BAR < width:
        bar = ProgressBar(now.bytes_total, min(now.bytes_read, now.bytes_total), width=BAR)
        row.add_row(bar, text)
    else:
        row.add_row(text)
    return row


@contextmanager
def _lines(snapshot: Callable[[], Snapshot], interval: float) -> Iterator[None]:
    ended = threading.Event()

    def show() -> None:
        while not ended.wait(interval):
            messages.say(line(snapshot()))

    thread = threading.Thread(target=show, name="biometal-progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
