"""Text from the middle of a plain file."""

from biometal_stream.codecs.excerpts import PlainExcerpt
from biometal_stream.codecs.ranges import VirtualOffset


def test_an_excerpt_of_plain_text(tmp_path):
    text = bytes(range(256)) * 1000
    path = tmp_path / "reads"
    path.write_bytes(text)
    with path.open("rb", buffering=0) as file:
        excerpt = PlainExcerpt(file, 1000)
        while not excerpt.exhausted:
            assert not excerpt.at_end
            excerpt.read()
    assert excerpt.at_end
    assert bytes(excerpt.text) == text[1000:]
    assert excerpt.position(7) == VirtualOffset(1007)
    assert excerpt.reach == len(text)
