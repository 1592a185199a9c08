"""The first bytes of an input, decompressed, without consuming them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from biometal_stream.codecs.detect import tell_codec
from biometal_stream.codecs.open import decoder_of
from biometal_stream.codecs.raw.open import open_raw
from biometal_stream.errors import BiometalError
from biometal_stream.run import LEAST_MEMORY, LocalRun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from biometal_stream.codecs.raw.input import RawInput

_STEP = 1 << 16
_MOST = 4 << 20
"""The most compressed bytes to look at; a bzip2 block can have 0.9 MB."""


def heads(raw: RawInput) -> Iterator[bytes]:
    """Yields the first decompressed bytes of an input, more of them each time.

    A pipe is waited for only until its writer gives the next bytes. Ends when there are no more
    bytes, or after 4 MiB.

    Args:
        raw: The input, not read yet.

    Raises:
        InputError: It cannot be read.
    """
    looked_at = 0
    while looked_at < _MOST:
        held = raw.peek_more(_STEP)
        if len(held) == looked_at:
            return
        looked_at = len(held)
        yield _decompressed(held)


def _decompressed(data: bytes) -> bytes:
    """As much text as the beginning of a file holds; the raw bytes if decompression fails."""
    raw = open_raw(io.BytesIO(data))
    text = bytearray()
    try:
        codec = tell_codec(raw)
        if codec == "plain":
            return data
        with LocalRun(1, LEAST_MEMORY) as run:
            decoder = decoder_of("gzip" if codec == "bgzf" else codec, raw, run)
            target = memoryview(bytearray(_STEP))
            while len(text) < _STEP and (count := decoder.readinto(target)):
                text += target[:count]
    except BiometalError:  # a head is usually cut off; reading the input reports real damage
        pass
    return bytes(text)
