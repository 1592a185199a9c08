"""Makes an index of the minimizers of sequences."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from biometal_stream.atomic import AtomicFile, Output, check_outputs
from biometal_stream.errors import ConfigurationError, InputError
from biometal_stream.indexes.scheme import Scheme
from biometal_stream.indexing.formats import base_name, format_for
from biometal_stream.indexing.progress import Watch
from biometal_stream.indexing.runs import Collected, size_of
from biometal_stream.indexing.sequences import SequenceReader
from biometal_stream.indexing.writing import write_index
from biometal_stream.paths import path_text
from biometal_stream.run import LocalRun
from biometal_stream.sizes import number_of_bytes
from biometal_stream.sources.options import several
from biometal_stream.version import __version__

if TYPE_CHECKING:
    from biometal_stream.indexing.runs import SortedRun
    from biometal_stream.sources.options import Inputs


@dataclass(frozen=True)
class Built:
    """An index that was made of sequences.

    Attributes:
        output: Its file.
        format: ``compact`` or ``deacon``.
        scheme: Which k-mers it holds.
        count: The number of its k-mers.
        nbytes: The bytes of the file.
        sequences: The number of sequences.
        bases: The number of their letters.
        empty: Sequences without a letter.
        short: Sequences that are shorter than a window, ``k + w - 1`` bases, but not empty.
        without: Sequences that are long enough, but in which each window has another letter than
            A, C, G and T.
    """

    output: str
    format: str
    scheme: Scheme
    count: int
    nbytes: int
    sequences: int
    bases: int
    empty: int
    short: int
    without: int


def build_index(
    inputs: Inputs,
    output: str | os.PathLike[str],
    *,
    k: int = 31,
    w: int = 15,
    format: str | None = None,
    threads: int | None = None,
    memory: int | str | None = None,
    watch: Watch | None = None,
) -> Built:
    """Makes an index of the minimizers of sequences, for `Deplete`, `KeepMatching` and `Screen`.

    Files of any size are read in bounded memory: what does not fit is sorted in temporary files in
    ``TMPDIR``, which are gone when this returns. The index is complete or absent, and its bytes are
    the same for every number of threads and every bound. Bases in lower case, which mask repeats,
    count as others do. Any other letter than A, C, G and T breaks k-mers.

    Args:
        inputs: A file of FASTA, FASTQ or another format that `read` takes, in any compression;
            ``-`` for standard input, a binary file object, or several of them.
        output: The file to write.
        k: The bases of a k-mer: odd, from 3 to 31.
        w: The k-mers of a window, of which one is kept: odd; ``k + w`` is at most 96.
        format: ``compact`` or ``deacon``; by default deacon's if the output ends in ``.idx``, and
            compact otherwise.
        threads: The number of workers; by default one for each core.
        memory: The most bytes for what is in work, or text such as ``512M``; by default as for a
            run.
        watch: Is told how far it is.

    Returns:
        What the index holds, and of what it was made.

    Raises:
        ConfigurationError: A setting is out of range, or the output's name contradicts the format.
        InputError: An input cannot be read, or no sequence has a k-mer.
        FastaError: A record is bad, or looks like protein.
        SinkError: The output is an input or cannot be written, or there is no room for temporary
            files.
    """
    scheme, paths = Scheme(k, w), several("inputs", inputs)
    if not paths:
        raise ConfigurationError("an index needs at least one file of sequences")
    watch = watch or Watch()
    with writing(paths, output, format, threads, memory) as (run, file, form):
        reader = SequenceReader(paths, scheme, run, run.memory // 2)
        words = collected(reader, run, run.memory // 2, watch)
        counts = reader.counts
        if not size_of(words):
            raise InputError(f"{why_nothing(paths, reader)}, so the index would match nothing")
        about = {
            "command": "build",
            "program": f"biometal-stream {__version__}",
            "sources": [base_name(path) for path in paths],
            "sequences": counts.sequences,
            "bases": counts.bases,
        }
        write_index(file, form, scheme, words, about, watch)
    return Built(
        file.target, form, scheme, size_of(words), file.bytes_written, *vars(counts).values()
    )


@contextmanager
def writing(
    inputs: tuple[Any, ...],
    output: str | os.PathLike[str],
    format: str | None,
    threads: int | None,
    memory: int | str | None,
) -> Iterator[tuple[LocalRun, AtomicFile, str]]:
    """Opens the output first, so that a long run does not end with "no such folder".

    Yields:
        The run, the file, and its format.
    """
    form = format_for(output, format)
    nbytes = None if memory is None else number_of_bytes("memory", memory)
    with LocalRun(threads, nbytes) as run:
        try:
            check_outputs(inputs, [Output(path_text(output), "--output")])
            with AtomicFile(output) as file:
                yield run, file, form
        finally:
            run.show_warnings()


def collected(reader: SequenceReader, run: LocalRun, memory: int, watch: Watch) -> SortedRun:
    """Reads sequences, and sorts their minimizers.

    Args:
        reader: The sequences.
        run: The workers.
        memory: The bytes to hold.
        watch: Is told how far it is.
    """
    watch.read(reader)
    words = Collected(run.executor, run.workers, memory)
    with closing(reader.found()) as found:
        for hashes in found:
            words.add(hashes)
    watch.begin("sorting")
    return words.finish()


def why_nothing(paths: tuple[Any, ...], reader: SequenceReader) -> str:
    """Why sequences have no k-mer.

    Args:
        paths: Their files.
        reader: Has read all of them.
    """
    counts, window = reader.counts, reader.window
    names = ", ".join(map(_shown, paths[:3])) + (", ..." if paths[3:] else "")
    if not counts.sequences:
        return f"{names}: no sequence in the input"
    if counts.empty + counts.short == counts.sequences:
        return f"{names}: all sequences are shorter than {window} bases (k + w - 1)"
    return f"{names}: no {window} bases in a row are A, C, G or T (RNA needs T instead of U)"


def _shown(path: Any) -> str:
    """An input as its user named it."""
    return path_text(path) if isinstance(path, str | os.PathLike) else base_name(path)
