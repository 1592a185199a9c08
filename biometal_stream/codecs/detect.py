"""The first bytes by which formats are told apart.

Sources: RFC 1952 (gzip), the SAM specification (BGZF, BAM, section 4.1), RFC 8878 (zstd and its
skippable frames), the xz file format 1.2.1, and the formats' own documents for those refused.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, NamedTuple

from biometal_stream.errors import InputError

if TYPE_CHECKING:
    from biometal_stream.codecs.raw.input import RawInput
    from biometal_stream.codecs.reader import Codec

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
SKIPPABLE = tuple(bytes([low, 0x2A, 0x4D, 0x18]) for low in range(0x50, 0x60))
"""The beginnings of zstd frames that hold no data of the stream."""
BZIP2 = b"BZh"
XZ = b"\xfd7zXZ\x00"

_COMPRESSED: tuple[tuple[bytes, Codec], ...] = (
    (GZIP, "gzip"),
    (ZSTD, "zstd"),
    *((magic, "zstd") for magic in SKIPPABLE),
    (BZIP2, "bzip2"),
    (XZ, "xz"),
)

_BLOCK = GZIP + b"\x08\x04"  # DEFLATE, and an extra field alone
_FIXED_HEADER = 12  # up to the extra field
_SUBFIELD = struct.Struct("<2sHH")
_USUAL_HEADER = struct.Struct("<4s6xH2sHH")  # with the one subfield that BGZF needs
_USUAL_HEAD = [_BLOCK, 6, b"BC", 2]

_UNPACK = "unpack it and give the FASTQ in it"
_NO_READS = "give the file with the reads"
_TABLE = "it holds tables and no FASTQ"
_ALIGNED = "convert it with 'samtools fastq'"
_CALL = "call its bases with 'dorado' first"
_ANSWER = (
    "a download has saved it instead of the reads; open it to see why, and download them again"
)
_NO_QUALITIES = "it has no qualities"


class ForeignInputError(InputError):
    """An input that is of another format: what was read of it before is not FASTQ either."""


class Format(NamedTuple):
    """A format that is known and not read.

    Attributes:
        beginning: What a file of it begins with.
        what: Its name, as in "is a BAM file".
        advice: What to do with it.
    """

    beginning: re.Pattern[bytes]
    what: str
    advice: str


def _magic(*beginnings: bytes) -> re.Pattern[bytes]:
    return re.compile(b"|".join(map(re.escape, beginnings)))


def _text(beginning: str, *, any_case: bool = False) -> re.Pattern[bytes]:
    """A pattern of the first lines, in which blanks are written as escapes."""
    return re.compile(beginning.encode(), re.VERBOSE | (re.IGNORECASE if any_case else 0))


_BINARY = (
    Format(_magic(b"BAM\x01"), "a BAM file", _ALIGNED),
    Format(_magic(b"CRAM"), "a CRAM file", _ALIGNED),
    Format(_magic(b"NCBI.sra"), "an SRA file", "convert it with 'fasterq-dump'"),
    Format(_magic(b"\x89HDF\r\n\x1a\n"), "an HDF5 file (FAST5?)", _CALL),
    Format(_magic(b"\x8bPOD\r\n\x1a\n"), "a POD5 file", _CALL),
    Format(_magic(b"BLOW5\x01"), "a BLOW5 file", "call its bases first"),
    Format(_magic(b".sff"), "an SFF file", "convert it to FASTQ first"),
    Format(_magic(b"ABIF"), "a Sanger trace (ABIF)", "convert it to FASTQ first"),
    Format(_magic(b"BCF\x02"), "a BCF file", "it holds variants and no FASTQ"),
    Format(_magic(b"BAI\x01", b"CSI\x01", b"TBI\x01"), "an index", _NO_READS),
    Format(_magic(b"crypt4gh"), "encrypted with Crypt4GH", "decrypt it with 'crypt4gh decrypt'"),
    Format(_magic(b"PAR1"), "a Parquet file", _TABLE),
    Format(_magic(b"ARROW1"), "an Arrow file", _TABLE),
    Format(_magic(b"SQLite format 3"), "an SQLite database", _TABLE),
    Format(_magic(b"PK\x03\x04"), "a zip archive", f"{_UNPACK}, for example with 'unzip -p'"),
    Format(_magic(b"PK\x05\x06"), "an empty zip archive", "give the FASTQ itself"),
    Format(_magic(b"7z\xbc\xaf\x27\x1c"), "a 7z archive", _UNPACK),
    Format(_magic(b"Rar!\x1a\x07"), "a RAR archive", _UNPACK),
    Format(_magic(b"\x04\x22\x4d\x18"), "compressed with lz4", "pipe it in with 'lz4 -dc'"),
    Format(_magic(b"\xff\x06\x00\x00sNaPpY"), "compressed with snappy", _UNPACK),
    Format(_magic(b"\x1f\x9d"), "compressed with compress (.Z)", "pipe it in with 'gzip -dc'"),
    Format(_magic(b"LZIP"), "compressed with lzip", "pipe it in with 'lzip -dc'"),
    Format(_magic(b"\x89LZO\x00"), "compressed with lzop", "pipe it in with 'lzop -dc'"),
    Format(_magic(b"%PDF-"), "a PDF file", _NO_READS),
    Format(_magic(b"\xff\xfe", b"\xfe\xff"), "text in UTF-16", "convert it with 'iconv -f UTF-16'"),
)
"""Told by bytes that no text has."""

_FIELD = r"[^\t\n]*"
_COMMENTS = r"(?: [;\#] .* \n | [\ \t\r]* \n )*"

_TEXT = (
    Format(
        _text(
            r"\s* (?: HTTP/\d | [45]\d\d[:\ ] | (?: <!--[^>]*-->\s* )*"
            r" < (?: !doctype\ html | html | head | body | title | script | meta )\b )",
            any_case=True,
        ),
        "a web page",
        _ANSWER,
    ),
    Format(_text(r"\s* < [a-z!?]", any_case=True), "XML", _ANSWER),
    Format(_text(r"\s* (?: \{ \s* [\"}] | \[ \s* [\"{\]\-\d] )"), "JSON", _NO_READS),
    Format(
        _text(r"version\ https://git-lfs\."),
        "a Git LFS pointer",
        "get the file with 'git lfs pull'",
    ),
    Format(
        _text(r"[./]* (?:git)? /annex/objects/"),
        "a git-annex pointer",
        "get the file with 'git annex get'",
    ),
    Format(
        _text(rf"@(?:HD|SQ|RG|PG|CO)\t | {_FIELD}\t\d+\t{_FIELD}\t\d+\t\d+ (?: \t{_FIELD} ){{6}}"),
        "SAM",
        _ALIGNED,
    ),
    Format(_text(r"\#\#fileformat=VCF | \#CHROM\t"), "VCF", "it holds variants and no FASTQ"),
    Format(
        _text(
            r"\#\#gff | \#!genome |"
            rf"{_COMMENTS} {_FIELD}\t{_FIELD}\t{_FIELD}\t\d+\t\d+\t{_FIELD}\t[-+.?]\t[.012]\t"
        ),
        "GFF",
        "it holds annotations and no FASTQ",
    ),
    Format(
        _text(rf"{_FIELD}\t\d+\t\d+\t\d+\t[-+]\t{_FIELD}\t\d+\t\d+\t\d+\t\d+\t\d+"),
        "PAF",
        "it holds alignments and no FASTQ",
    ),
    Format(_text(r"H\tVN:Z: | S\t[^\t\n]+\t"), "GFA", "it holds a graph and no FASTQ"),
    Format(
        _text(r"(?: (?: \# | track\b | browser\b ) .* \n )* [^\t\n]+\t\d+\t\d+ [\t\r\n]"),
        "BED",
        "it holds regions and no FASTQ",
    ),
    Format(_text(r"LOCUS\ +\S"), "GenBank", _NO_QUALITIES),
    Format(_text(r"ID\ \ \ \S+;"), "EMBL", _NO_QUALITIES),
    Format(_text(r"\#\ STOCKHOLM | \#NEXUS | CLUSTAL"), "an alignment", _NO_QUALITIES),
    Format(
        _text(
            r"(?: [0-9a-f]{32} | [0-9a-f]{40} | [0-9a-f]{64} | [0-9a-f]{128} )"
            r" (?: [\ \t]+ .* )? \r? (?: \n | \Z ) | (?: MD5 | SHA\d+ )\ ?\(",
            any_case=True,
        ),
        "a list of check sums",
        _NO_READS,
    ),
    Format(_text(rf"{_COMMENTS} >"), "FASTA", f"{_NO_QUALITIES}, and FASTQ is needed"),
    Format(_text(r"\#!\ ?/"), "a script", _NO_READS),
    Format(
        _text(rf"{_COMMENTS} ( [^\t\n]+ (?: \t [^\t\n]* )+ ) \n [^\t\n]+ \t"),
        "a table with tabs",
        _NO_READS,
    ),
    Format(
        _text(rf"{_COMMENTS} [^,\s][^,\n]* (?: , [^,\n]* )+ \n [^,\n]+ ,"),
        "a table with commas (CSV)",
        _NO_READS,
    ),
)
"""Told by the first lines of a text that has no FASTQ record further down."""

_RECORD = re.compile(rb"^@.*\n[A-Z.*-]*\r?\n\+|^@.*\n[A-Z]{50,}\Z", re.MULTILINE | re.IGNORECASE)
"""What a FASTQ record begins with; of a long one no more may be seen than its bases."""

_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
"""What no text has."""

_MARK = b"\xef\xbb\xbf"
_MAY_BE_SAM = (b"@HD\t", b"@SQ\t", b"@RG\t", b"@PG\t", b"@CO\t")

_TAR_MAGIC = slice(257, 262)
_TAR_SUM = slice(148, 156)
_TAR_HEADER = 512

LOOK = 1 << 16
"""Bytes at the beginning of a text by which it is told whether it may be FASTQ. They are fewer than
the smallest chunk, so that nothing is read of what is none."""


def tell_codec(raw: RawInput) -> Codec:
    """Tells by its first bytes how an input is compressed; they stay unread.

    No more bytes of a pipe are waited for than are needed for that. What it holds is judged when
    it is read, by `refuse_content` and `refuse_text`. An input that ends inside the beginning of a
    compressed format counts as that, so that its decoder finds it truncated.

    Raises:
        ForeignInputError: The input is of a known format that cannot be read.
    """
    first = raw.peek(1)
    if not first:
        return "plain"
    for magic, codec in _COMPRESSED:
        if magic.startswith(first) and magic.startswith(raw.peek(len(magic))):
            return "bgzf" if codec == "gzip" and _starts_bgzf(raw) else codec
    if raw.bytes_total is not None:  # a file, which keeps nobody waiting
        refuse_binary(raw.peek(_TAR_HEADER), raw.name)
        if not is_settled(raw.peek(_TAR_HEADER)):
            refuse_text(raw.peek(LOOK), raw.name)
    elif first != b"@":
        refuse_binary(raw.peek(_TAR_MAGIC.stop), raw.name)
    return "plain"


def _starts_bgzf(raw: RawInput) -> bool:
    head = raw.peek(_FIXED_HEADER)
    if len(head) < _FIXED_HEADER or block_size(head) == 0:
        return False
    return bool(block_size(raw.peek(block_header(head))))


def block_header(data: bytes | memoryview, at: int = 0) -> int:
    """Tells the bytes of a BGZF block's header by the first 12 of them."""
    return _FIXED_HEADER + (data[at + 10] | data[at + 11] << 8)


def block_size(data: bytes | memoryview, at: int = 0) -> int | None:
    """Tells the bytes of a BGZF block by its header.

    Args:
        data: Holds the first bytes of a gzip member.
        at: Where the member begins.

    Returns:
        The compressed bytes with header and trailer; 0 where the member is no BGZF block, and
        ``None`` where more bytes are needed to know.
    """
    if len(data) - at >= _USUAL_HEADER.size:
        *head, size = _USUAL_HEADER.unpack_from(data, at)
        if head == _USUAL_HEAD:
            return int(size) + 1
    if len(data) - at < _FIXED_HEADER:
        return None
    if bytes(data[at : at + len(_BLOCK)]) != _BLOCK:
        return 0
    header = bytes(data[at : at + block_header(data, at)])
    if len(header) < block_header(header):
        return None
    field = _FIXED_HEADER
    while field + _SUBFIELD.size <= len(header):
        name, length, size = _SUBFIELD.unpack_from(header, field)
        if name == b"BC" and length == 2:
            return int(size) + 1
        field += 4 + int(length)
    return 0


def is_settled(head: bytes) -> bool:
    """Whether a text, by its beginning, is FASTQ or good for nothing, whatever comes then."""
    return len(head) >= _TAR_HEADER and head[:1] == b"@" and head[:4] not in _MAY_BE_SAM


def refuse_binary(head: bytes, name: str) -> None:
    """Raises an error if bytes are the beginning of a format that is known, not read and no text.

    Raises:
        ForeignInputError: They are.
    """
    for form in _BINARY:
        if form.beginning.match(head):
            raise _refused(form, name)
    if head[_TAR_MAGIC] == b"ustar" or _is_old_tar(head):
        raise ForeignInputError(f"{name}: is a tar archive, not FASTQ; {_UNPACK}")


def refuse_text(head: bytes, name: str) -> None:
    """Raises an error if a text is of a format that is known and not read.

    Where there is a FASTQ record, other lines stand before it, which are for the reader to refuse.

    Args:
        head: The first `LOOK` bytes, or all there are.
        name: How messages call the input.

    Raises:
        ForeignInputError: It is.
    """
    if _RECORD.search(head) or _CONTROL.search(head, 0, _TAR_HEADER):
        return
    for form in _TEXT:
        if form.beginning.match(head.removeprefix(_MARK)):
            raise _refused(form, name)


def refuse_content(head: bytes, name: str) -> None:
    """Raises an error if what was compressed cannot be FASTQ, by its first bytes.

    Raises:
        ForeignInputError: It begins like a format that is not read, or is compressed once more.
    """
    refuse_binary(head, name)
    for magic, codec in _COMPRESSED:
        if head.startswith(magic):
            raise ForeignInputError(
                f"{name}: what is compressed in it is compressed with {codec} once more; "
                "decompress it once"
            )


def _refused(form: Format, name: str) -> ForeignInputError:
    return ForeignInputError(f"{name}: is {form.what}, not FASTQ; {form.advice}")


def _is_old_tar(head: bytes) -> bool:
    """Whether bytes are a header of tar by its check sum, which the oldest have, too."""
    total = head[_TAR_SUM].strip(b" \0")
    if len(head) < _TAR_HEADER or head[0] == 0 or not re.fullmatch(rb"[0-7]+", total):
        return False
    blank = sum(b" " * 8) - sum(head[_TAR_SUM])
    return sum(head[:_TAR_HEADER]) + blank == int(total, 8)
