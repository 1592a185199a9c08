"""Chooses how inputs are read: by the given format, otherwise by their first bytes."""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from biometal_stream.budget import Budget
from biometal_stream.codecs.detect import LOOK
from biometal_stream.codecs.head import heads
from biometal_stream.codecs.raw.abreast import Abreast
from biometal_stream.codecs.raw.looked_at import LookedAt
from biometal_stream.codecs.raw.open import open_raw
from biometal_stream.codecs.raw.pipes import PipeInput
from biometal_stream.descriptors import descriptor_of
from biometal_stream.errors import BiometalError, ConfigurationError, ForeignInputError
from biometal_stream.run import LEAST_MEMORY
from biometal_stream.sources.formats import (
    format_of,
    named_format,
    source_format,
    source_formats,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from biometal_stream.codecs.raw.input import RawInput
    from biometal_stream.sources.format import SourceFormat
    from biometal_stream.sources.options import Input

_MOST_PIPES = 64
_LISTED = 10_000  # in a larger folder only some files are checked


class Choice(NamedTuple):
    """How inputs are read.

    Attributes:
        format: Their format.
        paths: The inputs; pipes that were looked at are open.
        in_step: The inputs to be read in step with them, by option: those with mates 2, and those
            with index reads.
    """

    format: SourceFormat
    paths: tuple[Input, ...]
    in_step: Mapping[str, tuple[Input, ...]]

    def source(self, options: Mapping[str, Any]) -> Any:
        """Makes the source.

        Args:
            options: The options that were given, by name, without these inputs.

        Raises:
            ConfigurationError: An option does not belong to the format, or contradicts another.
        """
        given = {**options, **{name: files for name, files in self.in_step.items() if files}}
        unfit = [option for option in given if not self.format.has_option(option)]
        for option in unfit:
            others = [form.title for form in source_formats() if form.has_option(option)]
            if not others:
                raise ConfigurationError(f"there is no option {option}")
            raise ConfigurationError(
                f"{' and '.join(unfit)}: for {' and '.join(others)} only, but the input is"
                f" {self.format.title}; leave out {_typed(unfit)}"
            )
        return self.format.make(self.paths, given)


def _typed(options: list[str]) -> str:
    """Options as typed on the command line, where a number of bytes is a size."""
    words = (re.sub("_bytes$", "_size", option).replace("_", "-") for option in options)
    return " and ".join(f"--{word}" for word in words)


def choose(
    paths: tuple[Input, ...],
    in_step: Mapping[str, tuple[Input, ...]],
    format: str | None,
    warn: Callable[[str], None],
) -> Choice:
    """Chooses the format of inputs.

    Without a format the first input is looked at, which waits for the first bytes of a pipe; the
    others must have the same format, or reading them is an error. If its content is not that of a
    known format, or it cannot be opened, its name decides, otherwise the first format of the table:
    such an input is empty, or reading it reports what is wrong.

    Args:
        paths: The inputs.
        in_step: The inputs to be read in step with them, by option.
        format: The name of a format, or ``None`` to detect it.
        warn: Takes a warning if the writer of several pipes may wait forever.

    Raises:
        ConfigurationError: There is no such format.
        ForeignInputError: The first input's name contradicts its content.
    """
    if format is not None:
        return Choice(source_format(format), paths, in_step)
    inputs: list[Any] = [*paths, *chain.from_iterable(in_step.values())]
    if not paths or sum(each == "-" for each in inputs if isinstance(each, str)) > 1:
        return Choice(source_formats()[0], paths, in_step)
    said, found = _said(paths[0]), _look(inputs, warn)
    if said is not None and found is not None and said is not found:
        raise ForeignInputError(
            f"{paths[0]}: is {found.title}, but its name says {said.title}; rename it, or read it"
            f" with --format {found.name} (read_{found.name} in Python)"
        )
    found = found or said or source_formats()[0]
    looked_at = iter(inputs)
    firsts = tuple(islice(looked_at, len(paths)))
    return Choice(
        found, firsts, {name: tuple(islice(looked_at, len(in_step[name]))) for name in in_step}
    )


def _said(each: Input) -> SourceFormat | None:
    """The format that an input's name says."""
    if not isinstance(each, str | os.PathLike):
        return None
    name = os.fspath(each)
    return named_format(name) if isinstance(name, str) else None


def _look(inputs: list[Any], warn: Callable[[str], None]) -> SourceFormat | None:
    """The format that the first input begins like; replaces pipes by open inputs."""
    first = inputs[0]
    opened: list[RawInput] = []
    if isinstance(first, str | os.PathLike) and os.path.isdir(first):  # noqa: PTH112 - never raises
        return _format_in(os.fspath(first))
    if not _is_file(first):
        # All of them: one program may write them, and wait for a reader of each one.
        for index, each in enumerate(inputs[:_MOST_PIPES]):
            if not _is_file(each):
                with suppress(BiometalError):
                    opened.append(open_raw(each))
                    inputs[index] = LookedAt(each, opened[-1])
        abreast = Abreast(Budget(LEAST_MEMORY, 1).pipes, warn)
        for raw in opened:
            if isinstance(raw, PipeInput):
                abreast.add(raw)
        held = inputs[0]
        return _format_of(opened[0]) if isinstance(held, LookedAt) else None
    try:
        raw = open_raw(first)
    except BiometalError:
        return None
    try:
        return _format_of(raw)
    finally:
        raw.close()


def _format_in(folder: str) -> SourceFormat | None:
    """The format of the files in a folder, if it can be read as a folder."""
    walk = os.walk(folder)
    names = islice((name.lower() for _, _, files in walk for name in files), _LISTED)
    found = set(names)
    for form in source_formats():
        if form.folders and any(name.endswith(form.suffixes) for name in found):
            return form
    return None


def _format_of(raw: RawInput) -> SourceFormat | None:
    head = b""
    for head in heads(raw):
        found = format_of(head)
        if found is not None:
            return found
        if len(head) >= LOOK:
            break
    text = head[:LOOK]
    forms = source_formats()
    return next((form for form in forms if form.record and form.record.search(text)), None)


def _is_file(each: Input) -> bool:
    """Whether an input is the path of a regular file, which can be opened repeatedly."""
    if not isinstance(each, str | os.PathLike) or each == "-":
        return False
    try:
        return stat.S_ISREG(os.stat(each).st_mode) and not _of_descriptor(os.fspath(each))  # noqa: PTH116
    except (OSError, ValueError):
        return True  # opening it gives the error


def _of_descriptor(path: str) -> bool:
    """Whether a path is another name of a descriptor, whose position moves with reading."""
    return descriptor_of(path) is not None
