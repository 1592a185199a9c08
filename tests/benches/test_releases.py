"""When tools were released."""

import pytest

from benches.tools import Peers, all_tools
from benches.tools.releases import RELEASES


@pytest.mark.parametrize(
    ("tool", "version", "words"),
    [
        ("fastp", "1.3.6", "1.3.6 (2026)"),
        ("fastp", "1.4.0", "1.4.0 (year unknown)"),
        ("fastp", "0.23.2", "0.23.2 (2021, old, the newest is 1.3.6 of 2026)"),
        ("fastp", "0.23.4", "0.23.4 (2023, old, the newest is 1.3.6 of 2026)"),
        ("fastp", "0.1", "0.1 (year unknown, the newest is 1.3.6 of 2026)"),
        ("seqkit", "2.3.0", "2.3.0 (2022, old, the newest is 2.13.0 of 2026)"),
        ("cutadapt", "5.1", "5.1 (2025, the newest is 5.2 of 2025)"),
        ("fastq-filter", "0.3.0", "0.3.0 (2022, old, but the newest)"),
        ("AdapterRemoval", "of unknown version", "of unknown version"),
        ("polars-bio", "0.36.0", "0.36.0 (2026, the newest is 0.36.2 of 2026)"),
        ("oxbow", "0.5.1", "0.5.1 (2025, the newest is 0.8.2 of 2026)"),
    ],
)
def test_a_version_is_named_with_its_year_and_an_old_one_as_old(tool, version, words) -> None:
    assert RELEASES[tool].describe(version) == words


def test_every_tool_of_others_has_its_releases() -> None:
    tools = {tool.name.removesuffix(" by default") for tool in all_tools(Peers())}
    assert tools - {"biometal-stream", "bare inflation"} == set(RELEASES)
    for each in RELEASES.values():
        assert each.year(each.newest)
