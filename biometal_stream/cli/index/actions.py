"""What ``index`` does."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from biometal_stream.cli import figures, messages
from biometal_stream.cli.escape import printable
from biometal_stream.cli.progress import fitted, progress, share_done
from biometal_stream.errors import ConfigurationError, InputError, SinkError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from biometal_stream.cli.options import Options
    from biometal_stream.indexing.building import Built
    from biometal_stream.indexing.info import IndexInfo
    from biometal_stream.indexing.progress import Progress, Watch
    from biometal_stream.indexing.sets import Combined

Made = TypeVar("Made")


def run_index(values: Mapping[str, Any], options: Options) -> None:
    """Runs one of the actions.

    Raises:
        ConfigurationError: An option is missing, out of range, or for another action.
        InputError: A file cannot be read, or is not what it should be.
        SinkError: The output cannot be written.
    """
    action = values["action"]
    _check_options(action, values)
    if action == "info":
        from biometal_stream.cli.index.info import print_info

        verify = values["verify"]
        found = _watched(options, _infos, values["files"], verify=verify)
        print_info(found, as_json=values["json"], verify=verify)
        return
    _check_streams(values)
    limits = {"format": values["format"], "threads": options.threads, "memory": options.memory}
    if action == "build":
        numbers = {name: values[name] for name in ("k", "w") if values[name] is not None}
        built = _watched(options, _build, values["files"], values["output"], **numbers, **limits)
        _say(options, _summary(built))
        return
    if action == "subtract":
        limits["w"] = values["w"]
    where = values["files"], values["output"]
    combined = _watched(options, _combine, *where, action=action, **limits)
    _say(options, _outcome(combined))


def _check_options(action: str, values: Mapping[str, Any]) -> None:
    """Checks that each option is for the action."""
    taken = {
        "build": {"output", "format", "k", "w"},
        "subtract": {"output", "format", "w"},
        "info": {"json", "verify"},
    }.get(action, {"output", "format"})
    for name, option in _OPTIONS.items():
        if values[name] not in (None, False) and name not in taken:
            shown = "; it prints to standard output" if name == "output" else ""
            raise ConfigurationError(f"index {action} does not take {option}{shown}")
    if "output" in taken and values["output"] is None:
        raise ConfigurationError(f"index {action} needs --output, such as --output host.compact")
    if action == "convert" and len(values["files"]) > 1:
        raise ConfigurationError(
            f"index convert takes one index, not {len(values['files'])}; 'index union' adds several"
        )


_OPTIONS = {
    "output": "--output",
    "format": "--format",
    "k": "-k",
    "w": "-w",
    "json": "--json",
    "verify": "--verify",
}


def _check_streams(values: Mapping[str, Any]) -> None:
    if "-" in values["files"] and sys.stdin is None:
        raise InputError("standard input is closed; name a file, or pipe the sequences in")
    if values["output"] != "-":
        return
    if sys.stdout is None:
        raise SinkError("standard output is closed")
    if sys.stdout.isatty():
        raise SinkError("refusing to write an index to a terminal; name a file, or pipe it on")


def _build(files: tuple[str, ...], output: str, **settings: Any) -> Built:
    from biometal_stream.indexing.building import build_index

    return build_index(files, output, **settings)


def _infos(files: tuple[str, ...], *, verify: bool, watch: Watch) -> list[IndexInfo]:
    from biometal_stream.indexing.info import index_info

    return [index_info(path, verify=verify, watch=watch) for path in files]


def _combine(files: tuple[str, ...], output: str, *, action: str, **settings: Any) -> Combined:
    from biometal_stream.indexing import sets

    first, *others = files
    if action == "union":
        return sets.union_indexes(files, output, **settings)
    if action == "intersect":
        return sets.intersect_indexes(files, output, **settings)
    if action == "subtract":
        return sets.subtract_indexes(first, others, output, **settings)
    return sets.convert_index(first, output, **settings)


def _watched(options: Options, make: Callable[..., Made], *arguments: Any, **settings: Any) -> Made:
    """Makes or reads indexes, with progress and warnings on standard error."""
    with _watch(options) as watch:
        return make(*arguments, **settings, watch=watch)


@contextmanager
def _watch(options: Options) -> Iterator[Watch]:
    from biometal_stream.indexing.progress import Watch
    from biometal_stream.warned import taking_warnings

    watch = Watch()
    wanted = False if options.quiet else options.progress
    with (
        progress(watch.snapshot, line, wanted=wanted) as say,
        taking_warnings(lambda _, text: say(messages.warning(text))),
    ):
        yield watch


def line(now: Progress, width: int | None = None) -> str:
    """How far the making of an index is, in words and numbers.

    Args:
        now: How far it is.
        width: The columns to fit into; less important parts are left out.
    """
    parts = {"step": now.step, **share_done(now.bytes_read, now.bytes_total, now.seconds)}
    if now.bytes_read and now.seconds > 0:
        parts["bytes"] = f"{now.bytes_read / now.seconds / 1e6:.1f} MB/s"
    return fitted(parts, ("bytes", "left", "done"), width)


def _say(options: Options, text: str) -> None:
    if not options.quiet:
        messages.say(text)


def _summary(built: Built) -> str:
    """What was read, and what came of it."""
    window = built.scheme.window
    left_out = [
        figures.counted(number, words)
        for number, words in (
            (built.empty, "empty sequences"),
            (built.short, f"sequences shorter than {window} bases"),
            (built.without, f"sequences without {window} bases A, C, G or T in a row"),
        )
        if number
    ]
    read = ", ".join(
        (
            figures.counted(built.sequences, "sequences"),
            figures.counted(built.bases, "bases"),
            figures.counted(built.count, "minimizers"),
        )
    )
    size = figures.size(built.nbytes)
    without = f"; none in {listed(left_out)}" if left_out else ""
    return f"{read}{without} -> {printable(built.output)} ({built.format}, {size})"


def listed(parts: list[str]) -> str:
    """Parts of a sentence: ``a``, ``a and b``, ``a, b and c``."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def _outcome(combined: Combined) -> str:
    numbers = "; ".join(map(figures.count, combined.counts))  # a number may have commas
    size = figures.size(combined.nbytes)
    return (
        f"{numbers} minimizers in, {figures.count(combined.count)} out ->"
        f" {printable(combined.output)} ({combined.format}, {size})"
    )
