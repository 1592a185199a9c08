"""Shows the progress of a run on standard error."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TypeVar

from biometal_stream.cli import figures, messages
from biometal_stream.cli.escape import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.table import Table

    from biometal_stream.pipeline.report import Snapshot

Now = TypeVar("Now", bound="Measured")

PER_SECOND = 5
"""How often a terminal is updated; a snapshot costs microseconds."""

INTERVAL = 10.0
"""Seconds between the lines of a log."""

BAR = 20
"""Columns of the bar next to the numbers, if there is room for it."""


class Measured(Protocol):
    """How much of the input has been read, for the bar."""

    @property
    def bytes_read(self) -> int:
        """Bytes of (compressed) input taken."""

    @property
    def bytes_total(self) -> int | None:
        """Bytes of the whole input; ``None`` if that is not known."""


@contextmanager
def progress(
    snapshot: Callable[[], Now],
    words: Callable[[Now, int | None], str],
    *,
    wanted: bool | None,
    shared: bool = False,
    interval: float = INTERVAL,
) -> Iterator[Callable[[str], None]]:
    """Shows progress while the body runs.

    On a terminal one line is updated in place and removed at the end. Elsewhere, and only if
    requested, a plain line is printed every few seconds, for the log of a batch job.

    Args:
        snapshot: Returns the state of the run; called from another thread.
        words: Puts it in words and numbers, which fit into a number of columns.
        wanted: Whether to show it; ``None`` means on a terminal.
        shared: Whether the terminal also shows the run's output, so that no line can be updated
            in place: then there are only plain lines, and only if requested.
        interval: Seconds between plain lines.

    Yields:
        A function that writes another line to standard error meanwhile.
    """
    terminal = sys.stderr is not None and sys.stderr.isatty()
    if wanted is None:
        wanted = terminal and not shared
    if not wanted or sys.stderr is None:
        yield messages.say
    elif terminal and not shared:
        with _live(snapshot, words) as say_above:
            yield say_above
    else:
        with _lines(snapshot, words, interval):
            yield messages.say


def line(now: Snapshot, width: int | None = None) -> str:
    """The progress of a run, in words and numbers.

    Args:
        now: The state of the run.
        width: The columns to fit into; less important parts are left out, in this order: the
            bytes, the time left, the rate, the share kept, and the number of reads.
    """
    parts = share_done(now.bytes_read, now.bytes_total, now.seconds)
    parts["reads"] = figures.counted(now.reads_in, "reads")
    parts["rate"] = f"{figures.rounded(_rate(now.reads_in, now))} reads/s"
    parts["bytes"] = f"{_rate(now.bytes_read, now) / 1e6:.1f} MB/s"
    if now.kept is not None:
        parts["kept"] = f"{figures.share(min(1.0, now.kept))} kept"
    return fitted(parts, ("bytes", "left", "rate", "kept", "reads"), width)


def share_done(done: int, total: int | None, seconds: float) -> dict[str, str]:
    """How much is done, and the time left, as parts of a line: ``done`` and ``left``."""
    if not total:
        return {}
    share = min(1.0, done / total)
    parts = {"done": f"{100 * share:.0f} %"}
    if share > 0:
        parts["left"] = f"{figures.whole_seconds(seconds * (1 - share) / share)} left"
    return parts


def fitted(parts: dict[str, str], least: Sequence[str], width: int | None) -> str:
    """A line of parts.

    Args:
        parts: The parts.
        least: Those to leave out where the line is too long, the least important first.
        width: The columns there are; ``None`` for any number.
    """
    for each in least:
        if width is None or len("  ".join(parts.values())) <= width:
            break
        parts.pop(each, None)
    return "  ".join(parts.values())


def _rate(amount: float, now: Snapshot) -> float:
    return amount / now.seconds if now.seconds > 0 else 0.0


@contextmanager
def _live(
    snapshot: Callable[[], Now], words: Callable[[Now, int | None], str]
) -> Iterator[Callable[[str], None]]:
    from rich.console import Console
    from rich.live import Live

    console = Console(stderr=True, highlight=False, markup=False, emoji=False)

    def say_above(text: str) -> None:
        console.print(printable(text), soft_wrap=True)

    with Live(
        get_renderable=lambda: _shown(snapshot(), words, console.width),
        console=console,
        refresh_per_second=PER_SECOND,
        transient=True,
        redirect_stdout=False,  # the output may go there, as bytes
        redirect_stderr=False,
    ):
        yield say_above


def _shown(now: Now, words: Callable[[Now, int | None], str], width: int) -> Table:
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    row = Table.grid(padding=(0, 1))
    text = Text(words(now, width), no_wrap=True, overflow="ellipsis")
    if now.bytes_total and len(text) + BAR < width:
        bar = ProgressBar(now.bytes_total, min(now.bytes_read, now.bytes_total), width=BAR)
        row.add_row(bar, text)
    else:
        row.add_row(text)
    return row


@contextmanager
def _lines(
    snapshot: Callable[[], Now], words: Callable[[Now, int | None], str], interval: float
) -> Iterator[None]:
    ended = threading.Event()

    def show() -> None:
        while not ended.wait(interval):
            messages.say(words(snapshot(), None))

    thread = threading.Thread(target=show, name="biometal-progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
