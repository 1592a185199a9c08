"""Known formats that are not supported: how their files begin, and what to do with them.

Sources: the SAM specification (BAM), the CRAM specification, RFC 1952, POSIX (ustar), and the
formats' own documents.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from biometal_stream.errors import ForeignInputError

if TYPE_CHECKING:
    from biometal_stream.sources.format import SourceFormat

_UNPACK = "unpack it and give the {title} in it"
_NO_READS = "give the file with the reads"
_TABLE = "it holds tables, not reads"
_ALIGNED = "convert it with 'samtools {name}'"
_CALL = "call its bases with 'dorado' first"
_ANSWER = (
    "a download has saved it instead of the reads; open it to see why, and download them again"
)
_SEQUENCES = "convert it to FASTA first, for example with 'seqret'"


Beginning: TypeAlias = Callable[[bytes], bool]
"""Whether the first bytes of an input are those of a format."""


class ForeignFormat(NamedTuple):
    """A known format that is not supported.

    Attributes:
        beginning: How its files begin.
        what: Its name, as in "is a BAM file".
        advice: What to do with it; ``{title}`` and ``{name}`` stand for the format to be read.
    """

    beginning: Beginning
    what: str
    advice: str


def _magic(*beginnings: bytes) -> Beginning:
    return lambda head: head.startswith(beginnings)


def _text(beginning: str, *, any_case: bool = False) -> Beginning:
    """A pattern for the first lines, in which blanks are written as escapes.

    It is compiled when it is used: only an input that cannot be read needs it.
    """
    flags = re.VERBOSE | (re.IGNORECASE if any_case else 0)
    return lambda head: re.match(beginning.encode(), head, flags) is not None


_BINARY = (
    ForeignFormat(_magic(b"BAM\x01"), "a BAM file", _ALIGNED),
    ForeignFormat(_magic(b"CRAM"), "a CRAM file", _ALIGNED),
    ForeignFormat(_magic(b"NCBI.sra"), "an SRA file", "convert it with 'fasterq-dump'"),
    ForeignFormat(_magic(b"\x89HDF\r\n\x1a\n"), "an HDF5 file (FAST5?)", _CALL),
    ForeignFormat(_magic(b"\x8bPOD\r\n\x1a\n"), "a POD5 file", _CALL),
    ForeignFormat(_magic(b"BLOW5\x01"), "a BLOW5 file", "call its bases first"),
    ForeignFormat(_magic(b".sff"), "an SFF file", "convert it to {title} first"),
    ForeignFormat(_magic(b"ABIF"), "a Sanger trace (ABIF)", "convert it to {title} first"),
    ForeignFormat(_magic(b"BCF\x02"), "a BCF file", "it holds variants, not reads"),
    ForeignFormat(_magic(b"BAI\x01", b"CSI\x01", b"TBI\x01"), "an index", _NO_READS),
    ForeignFormat(
        _magic(b"crypt4gh"), "encrypted with Crypt4GH", "decrypt it with 'crypt4gh decrypt'"
    ),
    ForeignFormat(_magic(b"SQLite format 3"), "an SQLite database", _TABLE),
    ForeignFormat(
        _magic(b"PK\x03\x04"), "a zip archive", _UNPACK + ", for example with 'unzip -p'"
    ),
    ForeignFormat(_magic(b"PK\x05\x06"), "an empty zip archive", "give the {title} itself"),
    ForeignFormat(_magic(b"7z\xbc\xaf\x27\x1c"), "a 7z archive", _UNPACK),
    ForeignFormat(_magic(b"Rar!\x1a\x07"), "a RAR archive", _UNPACK),
    ForeignFormat(_magic(b"%PDF-"), "a PDF file", _NO_READS),
    ForeignFormat(
        _magic(b"\xff\xfe", b"\xfe\xff"), "text in UTF-16", "convert it with 'iconv -f UTF-16'"
    ),
)
"""Formats recognized by bytes that are never part of a text."""

_FIELD = r"[^\t\n]*"
_COMMENTS = r"(?: [;\#] .* \n | [\ \t\r]* \n )*"

_TEXT = (
    ForeignFormat(
        _text(
            r"\s* (?: HTTP/\d | [45]\d\d[:\ ] | (?: <!--[^>]*-->\s* )*"
            r" < (?: !doctype\ html | html | head | body | title | script | meta )\b )",
            any_case=True,
        ),
        "a web page",
        _ANSWER,
    ),
    ForeignFormat(_text(r"\s* < [a-z!?]", any_case=True), "XML", _ANSWER),
    ForeignFormat(_text(r"\s* (?: \{ \s* [\"}] | \[ \s* [\"{\]\-\d] )"), "JSON", _NO_READS),
    ForeignFormat(
        _text(r"version\ https://git-lfs\."),
        "a Git LFS pointer",
        "get the file with 'git lfs pull'",
    ),
    ForeignFormat(
        _text(r"[./]* (?:git)? /annex/objects/"),
        "a git-annex pointer",
        "get the file with 'git annex get'",
    ),
    ForeignFormat(
        _text(rf"@(?:HD|SQ|RG|PG|CO)\t | {_FIELD}\t\d+\t{_FIELD}\t\d+\t\d+ (?: \t{_FIELD} ){{6}}"),
        "SAM",
        _ALIGNED,
    ),
    ForeignFormat(_text(r"\#\#fileformat=VCF | \#CHROM\t"), "VCF", "it holds variants, not reads"),
    ForeignFormat(
        _text(
            r"\#\#gff | \#!genome |"
            rf"{_COMMENTS} {_FIELD}\t{_FIELD}\t{_FIELD}\t\d+\t\d+\t{_FIELD}\t[-+.?]\t[.012]\t"
        ),
        "GFF",
        "it holds annotations, not reads",
    ),
    ForeignFormat(
        _text(rf"{_FIELD}\t\d+\t\d+\t\d+\t[-+]\t{_FIELD}\t\d+\t\d+\t\d+\t\d+\t\d+"),
        "PAF",
        "it holds alignments, not reads",
    ),
    ForeignFormat(_text(r"H\tVN:Z: | S\t[^\t\n]+\t"), "GFA", "it holds a graph, not reads"),
    ForeignFormat(
        _text(r"(?: (?: \# | track\b | browser\b ) .* \n )* [^\t\n]+\t\d+\t\d+ [\t\r\n]"),
        "BED",
        "it holds regions, not reads",
    ),
    ForeignFormat(_text(r"LOCUS\ +\S"), "GenBank", _SEQUENCES),
    ForeignFormat(_text(r"ID\ \ \ \S+;"), "EMBL", _SEQUENCES),
    ForeignFormat(
        _text(r"\#\ STOCKHOLM | \#NEXUS | CLUSTAL"),
        "an alignment",
        "give the sequences without gaps",
    ),
    ForeignFormat(
        _text(
            r"(?: [0-9a-f]{32} | [0-9a-f]{40} | [0-9a-f]{64} | [0-9a-f]{128} )"
            r" (?: [\ \t]+ .* )? \r? (?: \n | \Z ) | (?: MD5 | SHA\d+ )\ ?\(",
            any_case=True,
        ),
        "a list of checksums",
        _NO_READS,
    ),
    ForeignFormat(_text(r"\#!\ ?/"), "a script", _NO_READS),
    ForeignFormat(
        _text(rf"{_COMMENTS} ( [^\t\n]+ (?: \t [^\t\n]* )+ ) \n [^\t\n]+ \t"),
        "a table with tabs",
        _NO_READS,
    ),
    ForeignFormat(
        _text(rf"{_COMMENTS} [^,\s][^,\n]* (?: , [^,\n]* )+ \n [^,\n]+ ,"),
        "a table with commas (CSV)",
        _NO_READS,
    ),
)
"""Formats recognized by the first lines of a text."""


_TAR_MAGIC = slice(257, 262)
_TAR_SUM = slice(148, 156)
_TAR_HEADER = 512


def refuse_binary(head: bytes, name: str, wanted: SourceFormat) -> None:
    """Raises an error if bytes are the beginning of an unsupported format that is not text.

    Args:
        head: The first bytes, decompressed.
        name: The input's name in messages.
        wanted: The format to be read.

    Raises:
        ForeignInputError: They are.
    """
    _refuse(_BINARY, head, name, wanted)
    if head[_TAR_MAGIC] == b"ustar" or _is_old_tar(head):
        raise _refused("a tar archive", _UNPACK, name, wanted)


def refuse_text(head: bytes, name: str, wanted: SourceFormat) -> None:
    """Raises an error if a text has an unsupported format.

    Args:
        head: The first 64 KiB, or the whole text.
        name: The input's name in messages.
        wanted: The format to be read.

    Raises:
        ForeignInputError: It has.
    """
    _refuse(_TEXT, head, name, wanted)


def _refuse(forms: tuple[ForeignFormat, ...], head: bytes, name: str, wanted: SourceFormat) -> None:
    for form in forms:
        if form.beginning(head):
            raise _refused(form.what, form.advice, name, wanted)


def _refused(what: str, advice: str, name: str, wanted: SourceFormat) -> ForeignInputError:
    said = advice.format(title=wanted.title, name=wanted.name)
    return ForeignInputError(f"{name}: is {what}, not {wanted.title}; {said}")


def _is_old_tar(head: bytes) -> bool:
    """Whether bytes are a tar header, by its checksum, which even the oldest format has."""
    total = head[_TAR_SUM].strip(b" \0")
    if len(head) < _TAR_HEADER or head[0] == 0 or not re.fullmatch(rb"[0-7]+", total):
        return False
    blank = sum(b" " * 8) - sum(head[_TAR_SUM])
    return sum(head[:_TAR_HEADER]) + blank == int(total, 8)
