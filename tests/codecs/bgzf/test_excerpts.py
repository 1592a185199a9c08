"""Text from the middle of BGZF."""

import zlib

from biometal_stream.codecs.bgzf.excerpts import BgzfExcerpt
from biometal_stream.codecs.ranges import VirtualOffset


def every(file):
    """The places of all bytes of a BGZF file's text, and that text."""
    excerpt = BgzfExcerpt(file, 0)
    while not excerpt.exhausted:
        excerpt.read()
    assert excerpt.at_end
    return [excerpt.position(index) for index in range(len(excerpt.text))], bytes(excerpt.text)


def test_an_excerpt_of_bgzf_begins_with_the_next_block(tmp_path, text, bgzf):
    data = bgzf(text, 300)
    path = tmp_path / "reads"
    path.write_bytes(data)
    with path.open("rb", buffering=0) as file:
        places, _ = every(file)
        blocks = sorted({place.byte for place in places})
        for byte in sorted({*range(0, len(data), 9), *(block + 1 for block in blocks), *blocks}):
            excerpt = BgzfExcerpt(file, byte)
            excerpt.read()
            following = next((block for block in blocks if block >= byte), None)
            if following is None:
                assert not excerpt.text
            else:
                assert excerpt.position(0) == VirtualOffset(following)
                assert bytes(excerpt.text) == text[places.index(VirtualOffset(following)) :][:300]


def test_headers_within_blocks_are_no_blocks(tmp_path, bgzf):
    """Stored as they are in the text of another, but cut short or with another check sum."""
    inner = bgzf(b"inner text " * 20, end=False)
    fakes = [inner[:40], inner[:-8] + bytes(4) + inner[-4:], inner[:-4] + bytes(4), inner[:18] * 3]
    text = b"".join(fakes)
    squeeze = zlib.compressobj(0, zlib.DEFLATED, -15)
    stored = squeeze.compress(text) + squeeze.flush()
    size = 18 + len(stored) + 8
    outer = b"\x1f\x8b\x08\x04" + bytes(4) + b"\0\xff\6\0BC\2\0" + (size - 1).to_bytes(2, "little")
    outer += stored + zlib.crc32(text).to_bytes(4, "little") + len(text).to_bytes(4, "little")
    path = tmp_path / "reads"
    path.write_bytes(outer + bgzf(b"next"))
    with path.open("rb", buffering=0) as file:
        for byte in range(1, len(outer) + 1):
            excerpt = BgzfExcerpt(file, byte)
            excerpt.read()
            assert bytes(excerpt.text) == b"next"


def test_an_excerpt_ends_at_what_is_no_block(tmp_path, text, bgzf):
    data = bgzf(text, 300, end=False)
    path = tmp_path / "reads"
    for behind in (b"junk" * 9, bytes(100), data[:50], data[:10] + b"\0" + data[11:]):
        path.write_bytes(data + behind)
        with path.open("rb", buffering=0) as file:
            excerpt = BgzfExcerpt(file, 0)
            while not excerpt.exhausted:
                excerpt.read()
            assert bytes(excerpt.text) == text
            assert not excerpt.at_end
            if not data.startswith(behind[:4]):
                beyond = BgzfExcerpt(file, len(data))
                beyond.read()
                assert not beyond.text
