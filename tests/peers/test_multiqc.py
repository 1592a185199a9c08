"""MultiQC on what we write: fastp's shape, FastQC's files, and our JSON by the plugin."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from biometal_stream.reports.document.document import Document
from tests.peers.tools import ours, pair, peer, single

PAIRED = "human_tcr_truseq_300bp"
SINGLE = "ecoli_ont"
SCREENED = "human_bcr_phix"


@pytest.fixture(scope="module")
def folder(shared_data, tmp_path_factory):
    """Reports of runs over pairs, long reads with labels and indexes, and MultiQC's of them."""
    if shutil.which("multiqc") is None:
        pytest.skip("multiqc is not installed")
    folder = tmp_path_factory.mktemp("multiqc")
    reports = folder / "reports"
    reports.mkdir()
    first, second = pair(shared_data, f"illumina/{PAIRED}")
    words = ("trim-adapters", "min-length", 100, "write", folder / "out.parquet")
    ours("read", first, "--mate", second, *words, *written(reports, PAIRED))
    long_reads = single(shared_data, f"ont/{SINGLE}")
    words = ("min-length", 5000, "predict", "quality", "write", folder / "out.parquet")
    ours("read", long_reads, *words, *written(reports, SINGLE))
    first, second = pair(shared_data, f"illumina/{SCREENED}")
    words = ("screen", "--index", "phix", "lambda", "mt=human-mt", "deplete", "phix")
    report = ("write", folder / "out.parquet", "--report", reports / f"{SCREENED}.json")
    ours("read", first, "--mate", second, *words, *report)
    settings = ("no_version_check: true", "biometal_stream: {assay: ont}")
    configuration = [word for each in settings for word in ("--cl-config", each)]
    peer("multiqc", reports, "--outdir", folder, "--data-format", "json", *configuration)
    return folder


def written(folder: Path, name: str):
    forms = (f"{name}.json", f"{name}.fastp.json", f"{name}_fastqc.zip")
    return [word for form in forms for word in ("--report", folder / form)]


@pytest.fixture(scope="module")
def raw(folder):
    """The numbers that MultiQC's modules have read, by file."""
    found = json.loads((folder / "multiqc_data" / "multiqc_data.json").read_text())
    return found["report_saved_raw_data"]


@pytest.fixture(scope="module")
def document(folder):
    return Document.from_json((folder / "reports" / f"{PAIRED}.json").read_text())


def total(document, place, column):
    return sum(document.quality[place].tables["totals"][column].to_pylist())


def test_the_module_for_fastp_reads_our_shape(raw, document):
    found = raw["multiqc_fastp"][PAIRED]
    before, after = found["summary"]["before_filtering"], found["summary"]["after_filtering"]
    assert before["total_bases"] == total(document, "before", "bases")
    assert after["q30_bases"] == total(document, "after", "q30_bases")
    assert found["filtering_result"]["too_short_reads"] == document.steps[2]["dropped"] > 0
    assert set(raw["multiqc_fastp"]) == {PAIRED, SINGLE}


def test_the_module_for_fastqc_reads_our_zip(raw, document):
    found = raw["multiqc_fastqc"]
    mates = {name for name in found if name.startswith(PAIRED) and "before" not in name}
    assert len(mates) == 2
    reads = sum(found[name]["Total Sequences"] for name in mates)
    assert reads == total(document, "after", "reads")


@pytest.fixture
def with_plugin():
    """Skips a test where MultiQC's environment lacks this package."""
    program = Path(shutil.which("multiqc") or "")
    python = program.read_text(errors="replace").partition("\n")[0].removeprefix("#!").strip()
    asked = "import importlib.metadata as m; m.distribution('biometal-stream')"
    done = subprocess.run([python, "-c", asked], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("biometal-stream is not installed in multiqc's environment")


def test_the_plugin_shows_figures_before_and_after(with_plugin, raw, document):
    found = raw["multiqc_biometal_stream"][PAIRED]
    q30 = 100 * total(document, "before", "q30_bases") / total(document, "before", "bases")
    assert found["before_q30"] == pytest.approx(q30)
    assert found["reads_out"] == document.reads_out == total(document, "after", "reads")
    assert found["kept"] == pytest.approx(100 * document.reads_out / document.reads_in)


def test_the_plugin_shows_where_the_reads_went(with_plugin, raw, document):
    found = raw["multiqc_biometal_stream_steps"][PAIRED]
    assert found == {"min-length 100": document.steps[2]["dropped"], "kept": document.reads_out}
    assert sum(found.values()) == document.reads_in


def test_the_plugin_judges_by_the_assay_of_the_configuration(with_plugin, folder, raw):
    from biometal_stream.multiqc.data import verdicts, worst

    for name in (PAIRED, SINGLE, SCREENED):
        report = Document.from_json((folder / "reports" / f"{name}.json").read_text())
        assert raw["multiqc_biometal_stream_verdicts"][name] == worst(verdicts(report, "ont"))


def test_the_plugin_shows_labels(with_plugin, raw):
    found = raw["multiqc_biometal_stream_labels"][SINGLE]
    assert sum(found.values()) == raw["multiqc_biometal_stream_steps"][SINGLE]["kept"]
    assert all(name.startswith("quality_label, ") for name in found)


def test_the_plugin_shows_the_reads_of_each_index(with_plugin, folder, raw):
    results = json.loads((folder / "reports" / f"{SCREENED}.json").read_text())["results"]
    found = raw["multiqc_biometal_stream_indexes"]
    assert set(found) == {SCREENED}
    screened = {key: value for key, value in found[SCREENED].items() if key.startswith("screen, ")}
    assert sum(screened.values()) == results["screen"]["reads"] == 2500
    assert screened["screen, phix"] == results["screen"]["indexes"]["phix"]["only"] > 600
    assert screened["screen, no match"] == results["screen"]["unmatched"]


def test_the_plugin_shows_the_share_that_an_index_matches(with_plugin, folder, raw):
    found = raw["multiqc_biometal_stream"]
    result = json.loads((folder / "reports" / f"{SCREENED}.json").read_text())["results"]["deplete"]
    assert found[SCREENED]["deplete_matched"] == 100 * result["matched"] / result["reads"] > 20
    assert "deplete_matched" not in found[PAIRED]


def test_the_page_has_the_sections_of_the_plugin(with_plugin, folder):
    page = (folder / "multiqc_report.html").read_text()
    sections = set(re.findall(r'id="biometal_stream-([a-z-]+?)"', page))
    assert {"steps", "verdicts", "quality-by-cycle", "lengths", "labels", "indexes"} <= sections
