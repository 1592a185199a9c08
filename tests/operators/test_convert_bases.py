"""Writing bases in another way."""

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.cli.main import main

LETTERS = "ACGTUNacgtunRYKMSWBDHVrykmswbdhv.-*Xé"


def converted(reads=(LETTERS,), **settings):
    batch = pa.record_batch({"sequence": list(reads)})
    return bs.ConvertBases(**settings)(batch)["sequence"].to_pylist()


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        ({"case": "upper"}, "ACGTUNACGTUNRYKMSWBDHVRYKMSWBDHV.-*Xé"),
        ({"case": "lower"}, "acgtunacgtunrykmswbdhvrykmswbdhv.-*xé"),
        ({"to": "dna"}, "ACGTTNacgttnRYKMSWBDHVrykmswbdhv.-*Xé"),
        ({"to": "rna"}, "ACGUUNacguunRYKMSWBDHVrykmswbdhv.-*Xé"),
        ({"dots_to_n": True}, "ACGTUNacgtunRYKMSWBDHVrykmswbdhvN-*Xé"),
        ({"iupac_to_n": True}, "ACGTUNacgtun" + "N" * 10 + "n" * 10 + ".-*Xé"),
        (
            {"case": "upper", "to": "dna", "dots_to_n": True, "iupac_to_n": True},
            "ACGTTNACGTTN" + "N" * 21 + "-*Xé",
        ),
        ({"case": "lower", "dots_to_n": True}, "acgtunacgtunrykmswbdhvrykmswbdhvn-*xé"),
    ],
)
def test_letters(settings, wanted):
    assert converted(**settings) == [wanted]


def test_reads_keep_their_bounds():
    reads = ["ac", "", "gu", "t"]
    assert converted(reads, case="upper", to="dna") == ["AC", "", "GT", "T"]
    batch = pa.record_batch({"sequence": reads}).slice(2)
    assert bs.ConvertBases(case="upper")(batch)["sequence"].to_pylist() == ["GU", "T"]


def test_measures_of_the_bases_are_refused():
    batch = pa.record_batch({"sequence": ["A"], "n_count": [0]})
    with pytest.raises(bs.SchemaError, match="convert-bases changes the bases, and column 'n_c"):
        bs.ConvertBases(iupac_to_n=True)(batch)


def test_the_command_line(tmp_path, capsys):
    source, result = tmp_path / "reads.fq", tmp_path / "out.fq"
    source.write_text("@a\nacguR\n+\nIIIII\n")
    line = ["read", str(source), "convert-bases"]
    options = ["--case", "upper", "--to", "dna", "--dots-to-n", "--iupac-to-n"]
    assert main([*line, *options, "write", str(result), "--quiet"]) == 0
    assert result.read_text() == "@a\nACGTN\n+\nIIIII\n"
    assert main([*line, "write", "-"]) == 2
    assert "convert-bases: give case, to, dots-to-n or iupac-to-n" in capsys.readouterr().err
