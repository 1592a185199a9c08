"""Makes an index of the k-mers of other indexes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.errors import ConfigurationError, InputError
from biometal_stream.indexes.deacon.values import header_of
from biometal_stream.indexes.opening import COMPACT, DEACON, format_of
from biometal_stream.indexes.scheme import Scheme
from biometal_stream.indexes.shipped import index_path
from biometal_stream.indexing.building import collected, why_nothing, writing
from biometal_stream.indexing.formats import base_name
from biometal_stream.indexing.listed import listed
from biometal_stream.indexing.progress import Watch
from biometal_stream.indexing.runs import (
    FileRun,
    HeldRun,
    common,
    merged,
    remaining,
    size_of,
    united,
)
from biometal_stream.indexing.sequences import SequenceReader
from biometal_stream.indexing.writing import write_index
from biometal_stream.paths import path_text
from biometal_stream.version import __version__

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.indexing.runs import SortedRun
    from biometal_stream.run import LocalRun

    Path = str | os.PathLike[str]


@dataclass(frozen=True)
class Combined:
    """An index that was made of others.

    Attributes:
        output: Its file.
        format: ``compact`` or ``deacon``.
        scheme: Which k-mers it holds.
        count: The number of its k-mers.
        nbytes: The bytes of the file.
        counts: The k-mers of each input.
    """

    output: str
    format: str
    scheme: Scheme
    count: int
    nbytes: int
    counts: tuple[int, ...]


def union_indexes(
    inputs: Sequence[Path],
    output: Path,
    *,
    format: str | None = None,
    threads: int | None = None,
    memory: int | str | None = None,
    watch: Watch | None = None,
) -> Combined:
    """Makes an index of the k-mers that at least one of several indexes has.

    The inputs must list their k-mers, as deacon's format 3 does. Memory is bounded, and the output
    complete or absent, as with `build_index`.

    Args:
        inputs: The indexes, two or more, of the same k and w; files, or names of shipped ones.
        output: The file to write.
        format: As with `build_index`.
        threads: As with `build_index`.
        memory: As with `build_index`.
        watch: Is told how far it is.

    Raises:
        ConfigurationError: There are too few inputs, their k or w differ, or the output's name
            contradicts the format.
        InputError: An input is not an index, is damaged, or does not list its k-mers.
        SinkError: The output is an input or cannot be written, or there is no room for temporary
            files.
    """
    paths = _several("union", inputs)
    scheme = _shared(paths)
    limits = (format, threads, memory)
    return _combine("union", paths, paths, scheme, united, output, limits, watch)


def intersect_indexes(
    inputs: Sequence[Path],
    output: Path,
    *,
    format: str | None = None,
    threads: int | None = None,
    memory: int | str | None = None,
    watch: Watch | None = None,
) -> Combined:
    """Makes an index of the k-mers that all of several indexes have.

    Args:
        inputs: As with `union_indexes`.
        output: The file to write.
        format: As with `build_index`.
        threads: As with `build_index`.
        memory: As with `build_index`.
        watch: Is told how far it is.

    Raises:
        ConfigurationError: As with `union_indexes`.
        InputError: As with `union_indexes`, or they have no k-mer in common.
        SinkError: As with `union_indexes`.
    """
    paths = _several("intersect", inputs)
    scheme = _shared(paths)
    limits = (format, threads, memory)
    return _combine("intersect", paths, paths, scheme, common, output, limits, watch)


def subtract_indexes(
    index: Path,
    others: Path | Sequence[Path],
    output: Path,
    *,
    w: int | None = None,
    format: str | None = None,
    threads: int | None = None,
    memory: int | str | None = None,
    watch: Watch | None = None,
) -> Combined:
    """Makes an index of the k-mers of one index that others do not have.

    Args:
        index: The index. It must list its k-mers, as deacon's format 3 does.
        others: An index of the same k, and of the same w or of w 1; or a file of sequences; or
            several of these. Of sequences the minimizers are taken.
        output: The file to write.
        w: The w for files of sequences: that of the index, which is the default, or 1, which takes
            all k-mers.
        format: As with `build_index`.
        threads: As with `build_index`.
        memory: As with `build_index`.
        watch: Is told how far it is.

    Raises:
        ConfigurationError: As with `union_indexes`, or ``w`` is another number.
        InputError: As with `union_indexes`, or nothing is left.
        FastaError: A record of sequences is bad, or looks like protein.
        SinkError: As with `union_indexes`.
    """
    rest = [others] if isinstance(others, str | os.PathLike) else others
    paths = [_found(index), *map(_found, rest)]
    if len(paths) < 2:
        raise ConfigurationError("index subtract needs an index, and what to subtract from it")
    scheme = header_of(_listing(paths[0])).scheme
    if w not in {None, 1, scheme.w}:
        raise ConfigurationError(
            f"w must be {scheme.w}, as in {paths[0]}, or 1 to subtract all k-mers, not {w}"
        )
    indexes = [path for path in paths[1:] if _is_index(path)]
    for path in indexes:
        _require_alike(path, header_of(_listing(path)).scheme, paths[0], scheme, least=True)
    if w is not None and len(indexes) == len(paths) - 1:
        raise ConfigurationError("w is for files of sequences; those given are indexes")
    limits = (format, threads, memory)
    lists = [paths[0], *indexes]
    return _combine("subtract", paths, lists, scheme, remaining, output, limits, watch, w)


def convert_index(
    index: Path,
    output: Path,
    *,
    format: str | None = None,
    threads: int | None = None,
    memory: int | str | None = None,
    watch: Watch | None = None,
) -> Combined:
    """Writes the k-mers of an index in another format.

    Args:
        index: The index. It must list its k-mers, as deacon's format 3 does; a compact index and
            a frozen filter hold less than their k-mers.
        output: The file to write.
        format: As with `build_index`.
        threads: As with `build_index`.
        memory: As with `build_index`.
        watch: Is told how far it is.

    Raises:
        ConfigurationError: The output's name contradicts the format.
        InputError: The input is not an index, is damaged, or does not list its k-mers.
        SinkError: As with `union_indexes`.
    """
    path = _found(index)
    scheme = header_of(_listing(path)).scheme
    limits = (format, threads, memory)
    return _combine("convert", [path], [path], scheme, united, output, limits, watch)


def _combine(
    command: str,
    paths: Sequence[str],
    lists: Sequence[str],
    scheme: Scheme,
    combine: Callable[[list[NDArray[np.uint64]]], NDArray[np.uint64]],
    output: Path,
    limits: tuple[str | None, int | None, int | str | None],
    watch: Watch | None,
    w: int | None = None,
) -> Combined:
    """Reads all inputs, combines them, and writes the result.

    Args:
        command: What is made.
        paths: All inputs.
        lists: Those that are indexes; the first is the first input.
        scheme: Which k-mers the output holds.
        combine: Makes the words of the output of those of the inputs.
        output: The file to write.
        limits: The format, threads and memory, as they were given.
        watch: Is told how far it is.
        w: The w for inputs of sequences.
    """
    watch = watch or Watch()
    with writing(tuple(paths), output, *limits) as (run, file, form):
        share = run.memory // (2 * len(paths))
        runs = []
        for path in paths:
            if path in lists:
                runs.append(listed(path, run, share, watch))
            else:
                reader = SequenceReader((path,), Scheme(scheme.k, w or scheme.w), run, share)
                runs.append(collected(reader, run, share, watch))
                if not size_of(runs[-1]):
                    run.warn(f"{why_nothing((path,), reader)}, so nothing is subtracted")
        words = _result(runs, combine, run, watch)
        if not size_of(words):
            raise InputError(_nothing(command, paths))
        about = {
            "command": command,
            "program": f"biometal-stream {__version__}",
            "sources": [base_name(path) for path in paths],
        }
        write_index(file, form, scheme, words, about, watch)
    counts = tuple(map(size_of, runs))
    return Combined(file.target, form, scheme, size_of(words), file.bytes_written, counts)


def _result(
    runs: list[SortedRun],
    combine: Callable[[list[NDArray[np.uint64]]], NDArray[np.uint64]],
    run: LocalRun,
    watch: Watch,
) -> SortedRun:
    """The words of the output: on disk if those of an input are."""
    if len(runs) == 1:
        return runs[0]
    watch.begin("sorting")
    blocks = merged(runs, combine, run.executor, run.workers, run.memory // 2)
    if any(isinstance(each, FileRun) for each in runs):
        return FileRun(blocks)
    return HeldRun(np.concatenate(list(blocks)))


def _found(path: Path) -> str:
    """The path of an input, which may be the name of a shipped index."""
    return path_text(index_path(path_text(path)))


def _several(command: str, inputs: Sequence[Path]) -> list[str]:
    if isinstance(inputs, str | os.PathLike):
        inputs = [inputs]
    paths = list(map(_found, inputs))
    if len(paths) < 2:
        raise ConfigurationError(f"index {command} needs at least two indexes")
    return paths


def _shared(paths: Sequence[str]) -> Scheme:
    """The scheme of all indexes.

    Raises:
        ConfigurationError: They differ.
    """
    first, *others = paths
    scheme = header_of(_listing(first)).scheme
    for path in others:
        _require_alike(path, header_of(_listing(path)).scheme, first, scheme)
    return scheme


def _require_alike(
    path: str, scheme: Scheme, first: str, wanted: Scheme, *, least: bool = False
) -> None:
    """Checks that two indexes have the same k-mers.

    Args:
        path: An index.
        scheme: Its scheme.
        first: The other index.
        wanted: Its scheme.
        least: Whether a w of 1 will do.

    Raises:
        ConfigurationError: They have not.
    """
    if scheme == wanted or (least and scheme == Scheme(wanted.k, 1)):
        return
    also = " (or w 1)" if least else ""
    raise ConfigurationError(
        f"{path}: has k {scheme.k} and w {scheme.w}, but {first} has k {wanted.k} and w {wanted.w};"
        f" make it again with the same k and w{also}"
    )


def _is_index(path: str) -> bool:
    """Whether an input is an index, of any format, and not sequences."""
    try:
        format_of(path)
    except InputError:
        return False
    return True


def _listing(path: str) -> str:
    """The path of an index, if it lists its k-mers.

    Raises:
        InputError: It does not.
    """
    found = format_of(path)
    if found == DEACON:
        return path
    what = "a compact index" if found == COMPACT else "a frozen filter"
    raise InputError(
        f"{path}: is {what}, which does not list its k-mers; give the same index in deacon's"
        " format, or build one with --format deacon"
    )


def _nothing(command: str, paths: Sequence[str]) -> str:
    """Why the output would be empty."""
    names = " and ".join(paths) if len(paths) < 3 else f"the {len(paths)} indexes"
    if command == "intersect":
        return f"{names} have no k-mer in common, so the index would match nothing"
    if command == "subtract":
        return f"{paths[0]}: no k-mer is left, so the index would match nothing"
    return f"{names}: no k-mer, so the index would match nothing"
