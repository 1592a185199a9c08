"""Nothing that steers a terminal gets through."""

from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.cli.escape import printable


def test_text_stays():
    assert printable("reads é 日本 -> out.parquet") == "reads é 日本 -> out.parquet"


def test_control_bytes_and_their_like_are_spelt():
    assert printable("a\x1b[31mb\x07\r\n\t") == "a\\x1b[31mb\\x07\\r\\n\\t"
    assert printable("\x9b \u202e \u2028") == "\\x9b \\u202e \\u2028"


def test_bytes_that_are_no_text_are_spelt():
    assert printable(b"caf\xe9.fq".decode("utf-8", "surrogateescape")) == "caf\\xe9.fq"


@given(st.text())
def test_always_printable_and_encodable(text):
    shown = printable(text)
    assert shown.isprintable()
    shown.encode("utf-8")
