"""The table of limits, and the page that is made of it."""

import pytest

from biometal_stream.reports.assay_names import ASSAY_NAMES, DEFAULT_ASSAY
from biometal_stream.reports.verdicts.assays import ASSAYS
from biometal_stream.reports.verdicts.describe import describe
from biometal_stream.reports.verdicts.measures import MEASURES
from biometal_stream.reports.verdicts.modules import MODULES
from tests.conftest import REPOSITORY

FASTQC = {
    "lower_quartile": (10, 5),
    "median_quality": (25, 20),
    "tile_deviation_with_gaps": (5, 10),
    "frequent_quality": (27, 20),
    "base_imbalance": (10, 20),
    "gc_deviation": (15, 30),
    "n_percent": (5, 20),
    "remaining_percent": (70, 50),
    "overrepresented_percent": (0.1, 1),
    "adapter_words": (5, 10),
    "kmer_enrichment": (2, 5),
}
"""FastQC's ``limits.txt``."""

every_assay = pytest.mark.parametrize("name", ASSAYS)


def test_the_command_line_knows_the_same_assays():
    assert tuple(ASSAYS) == ASSAY_NAMES
    assert DEFAULT_ASSAY in ASSAYS


def test_the_page_is_up_to_date():
    # python -m biometal_stream.reports.verdicts.describe >docs/quality-limits.md
    assert (REPOSITORY / "docs" / "quality-limits.md").read_text() == describe()


def test_fastqc_has_its_own_limits():
    limits = {each.measure: (each.warn, each.fail) for each in ASSAYS["fastqc"].limits}
    assert limits.items() >= FASTQC.items()


@every_assay
def test_each_module_is_judged_or_there_is_a_reason(name):
    judged = {MEASURES[limit.measure].module for limit in ASSAYS[name].limits}
    assert judged.isdisjoint(ASSAYS[name].not_judged)
    assert judged | set(ASSAYS[name].not_judged) == set(MODULES)


@every_assay
def test_a_failure_is_worse_than_a_warning(name):
    for limit in ASSAYS[name].limits:
        assert limit.warn is not None or limit.fail is not None
        if limit.warn is not None and limit.fail is not None:
            assert MEASURES[limit.measure].is_worse(limit.fail, limit.warn)


@every_assay
def test_each_limit_has_a_reason(name):
    reasons = [limit.why for limit in ASSAYS[name].limits] + [*ASSAYS[name].not_judged.values()]
    assert all(reason.endswith(".") and reason[0].isupper() for reason in reasons)
