"""All tables of all reports as one table, in which nothing is lost."""

from dataclasses import replace
from io import BytesIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import biometal_stream as bs
from biometal_stream.reports.quality.modules.all import MODULES
from biometal_stream.reports.tables.long import KEYS, SCHEMA, long_parquet, long_table
from tests.reports.runs import document_of, fastq


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    folder = tmp_path_factory.mktemp("long")
    for seed, name in enumerate("ab"):
        (folder / f"{name}.fq").write_text(fastq(100, seed))
    return [document_of(folder / f"{name}.fq", bs.TrimQuality(20), bs.MaxN(0)) for name in "ab"]


def test_every_cell_is_a_row(documents):
    rows = long_table(documents).to_pylist()
    found = {
        (row["sample"], row["place"], row["group"], row["module"], row["bin"], row["name"]): row
        for row in rows
    }
    assert len(found) == len(rows)  # no two rows are about the same
    for document in documents:
        for place, quality in document.quality.items():
            for module, table in quality.tables.items():
                cells = 0
                for name in set(table.column_names) - {"group", *KEYS[module]}:
                    cells += table.num_rows - table.column(name).null_count
                of_table = [
                    row
                    for key, row in found.items()
                    if key[0] == document.sample and (key[1], key[3]) == (place, module)
                ]
                assert len(of_table) == cells, module


def test_values_and_bins(documents):
    table = long_table(documents)
    rows = {
        (r["sample"], r["place"], r["module"], r["bin"], r["name"]): r for r in table.to_pylist()
    }
    quality = documents[1].quality["after"].tables["per_cycle"].to_pylist()[4]
    row = rows["b", "after", "per_cycle", "5", "mean_quality"]
    assert (row["value"], row["first"], row["last"]) == (quality["mean_quality"], 5, 5)
    steps = {key[4]: row for key, row in rows.items() if key[:4] == ("a", "", "steps", "3 max-n 0")}
    assert steps["reason"]["text"] == "more than 0 N"
    assert steps["dropped"]["value"] == documents[0].steps[2]["dropped"]
    assert rows["a", "", "run", "", "reads_in"]["value"] == 100


def test_all_modules_have_keys():
    names = {name for module in MODULES for name in module.tables({})}
    assert names <= set(KEYS)


def test_parquet_has_the_same_rows(documents):
    read = pq.read_table(BytesIO(long_parquet(documents)))
    table = long_table(documents)
    plain = pa.schema(
        [
            field.with_type(pa.string()) if pa.types.is_dictionary(field.type) else field
            for field in SCHEMA
        ]
    )
    assert read.cast(plain).equals(table.cast(plain))


def test_it_does_not_depend_on_how_rows_are_grouped(documents, monkeypatch):
    whole = pq.read_table(BytesIO(long_parquet(documents)))
    monkeypatch.setattr("biometal_stream.reports.tables.long._ROWS_OF_A_GROUP", 1)
    small = BytesIO(long_parquet(documents))
    assert pq.ParquetFile(small).num_row_groups == 2
    assert pq.read_table(small).to_pylist() == whole.to_pylist()


def test_no_reports():
    assert long_table([]).schema == SCHEMA
    assert pq.read_table(BytesIO(long_parquet([]))).num_rows == 0


def test_a_report_without_places(documents):
    table = long_table([replace(documents[0], quality={})])
    assert set(pc.unique(table["module"].cast(pa.string())).to_pylist()) == {"run", "steps"}
