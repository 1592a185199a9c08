"""What indexes say of themselves."""

import pytest

import biometal_stream as bs
from biometal_stream.errors import InputError
from biometal_stream.indexes.compact.rate import rate_of_reads
from biometal_stream.version import __version__
from tests.indexes.deacon.files import exact_bytes, frozen_bytes


def test_formats(tmp_path):
    (tmp_path / "a.idx").write_bytes(exact_bytes([1, 2, 3], k=21, w=9))
    (tmp_path / "a.pidx").write_bytes(frozen_bytes([1, 2, 3], 16, k=21, w=9))
    bs.convert_index(tmp_path / "a.idx", tmp_path / "a.compact")
    about = {
        "command": "convert",
        "program": f"biometal-stream {__version__}",
        "sources": ["a.idx"],
    }
    for name, form, version, rate, said in (
        ("a.idx", "deacon", 3, 0, {}),
        ("a.pidx", "frozen", 1, 2**-16, {}),
        ("a.compact", "compact", 1, None, about),
    ):
        info = bs.index_info(tmp_path / name)
        assert info.to_dict() == {
            "path": str(tmp_path / name),
            "format": form,
            "version": version,
            "k": 21,
            "w": 9,
            "count": 3,
            "nbytes": (tmp_path / name).stat().st_size,
            "false_positive_rate": info.false_positive_rate if rate is None else rate,
            "false_positive_rate_of_reads": info.false_positive_rate_of_reads,
            "verified": False,
            "about": said,
        }


def test_what_was_built_says_of_what(tmp_path):
    (tmp_path / "r.fa").write_text(">a\n" + "ACGGTCATTAGC" * 30)
    bs.build_index(tmp_path / "r.fa", tmp_path / "r.compact")
    about = bs.index_info(tmp_path / "r.compact").about
    assert (about["sources"], about["sequences"], about["bases"]) == (["r.fa"], 1, 360)


def test_a_truncated_index_is_an_error_though_it_is_not_read(tmp_path):
    (tmp_path / "a.idx").write_bytes(exact_bytes([1, 2, 3])[:-1])
    with pytest.raises(InputError, match="is truncated"):
        bs.index_info(tmp_path / "a.idx")


@pytest.mark.parametrize(
    ("k", "w", "kmers"), [(31, 15, 14), (31, 1, 120), (21, 11, 21), (31, 65, 3)]
)
def test_the_rate_of_reads_is_that_of_their_usual_minimizers(tmp_path, k, w, kmers):
    (tmp_path / "a.pidx").write_bytes(frozen_bytes([1, 2, 3], 16, k=k, w=w))
    info = bs.index_info(tmp_path / "a.pidx")
    assert info.false_positive_rate_of_reads == rate_of_reads(2**-16, kmers, 2) > 0


def test_exact_indexes_have_no_false_positives(tmp_path):
    (tmp_path / "a.idx").write_bytes(exact_bytes([1]))
    assert bs.index_info(tmp_path / "a.idx").false_positive_rate_of_reads == 0


def test_verified(tmp_path):
    (tmp_path / "a.idx").write_bytes(exact_bytes([1, 2, 3]))
    (tmp_path / "a.pidx").write_bytes(frozen_bytes([1, 2, 3], 16))
    bs.convert_index(tmp_path / "a.idx", tmp_path / "a.compact")
    for name, verified in (("a.idx", True), ("a.compact", True), ("a.pidx", False)):
        assert bs.index_info(tmp_path / name, verify=True).verified is verified
        assert not bs.index_info(tmp_path / name).verified


def test_damage_is_found_when_asked(tmp_path):
    (tmp_path / "twice.idx").write_bytes(exact_bytes([1, 2, 1]))
    (tmp_path / "long.idx").write_bytes(exact_bytes([1 << 62 | 1]))
    (tmp_path / "a.idx").write_bytes(exact_bytes([1, 2, 3]))
    bs.convert_index(tmp_path / "a.idx", tmp_path / "line.compact")
    content = bytearray((tmp_path / "line.compact").read_bytes())
    content[4096] ^= 1  # the first byte of the first line
    (tmp_path / "line.compact").write_bytes(content)
    for name, said in (
        ("twice.idx", "is damaged: 1 of its 3 k-mers are duplicates"),
        ("long.idx", "is damaged: it has k-mers of more than 31 bases"),
        ("line.compact", "is damaged: a checksum is wrong"),
    ):
        bs.index_info(tmp_path / name)
        with pytest.raises(InputError, match=said):
            bs.index_info(tmp_path / name, verify=True)


def test_shipped_indexes_are_known_by_name():
    info = bs.index_info("phix")
    assert (info.format, info.scheme.k, info.scheme.w) == ("deacon", 31, 15)
    with pytest.raises(InputError, match="phi: there is no such file or shipped index"):
        bs.index_info("phi")
