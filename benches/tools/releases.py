"""When the tools were released, so that old ones can be called old."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

YEARS_OLD = 2
"""A version of so many years before `CHECKED` is called old."""

CHECKED = "2026-11"
"""The month in which `RELEASES` was brought up to date."""


@dataclass(frozen=True)
class Releases:
    """The releases of a tool.

    Attributes:
        newest: The newest version, as of `CHECKED`.
        years: The year of a version, or of all that begin with it: the longest that fits counts.
            From the dates of the tags in the tools' repositories.
    """

    newest: str
    years: Mapping[str, int]

    def year(self, version: str) -> int | None:
        """The year of a version; ``None`` where it is not in the table."""
        parts = version.split(".")
        for size in range(len(parts), 0, -1):
            found = self.years.get(".".join(parts[:size]))
            if found is not None:
                return found
        return None

    def describe(self, version: str) -> str:
        """The version with its year; of an old one also that it is old, and which is newest."""
        if not _numbers(version):
            return version
        year = self.year(version)
        notes = [str(year or "year unknown")]
        if year is not None and int(CHECKED[:4]) - year >= YEARS_OLD:
            notes.append("old")
        if _numbers(version) < _numbers(self.newest):
            notes.append(f"the newest is {self.newest} of {self.year(self.newest)}")
        elif "old" in notes:
            notes.append("but the newest")
        return f"{version} ({', '.join(notes)})"


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdecimal()]


RELEASES: Mapping[str, Releases] = {
    "fastp": Releases(
        "1.3.6",
        {
            **dict.fromkeys(("0.23.0", "0.23.1", "0.23.2", "0.22"), 2021),
            **dict.fromkeys(("0.23.3", "0.23.4"), 2023),
            **dict.fromkeys(("0.24", "0.25", "0.26", "1.0"), 2025),
            **dict.fromkeys(("1.1", "1.2", "1.3"), 2026),
            "0.20.0": 2019,
            "0.20.1": 2020,
        },
    ),
    "AdapterRemoval": Releases("3.0.2", {"3.0": 2026}),
    "cutadapt": Releases(
        "5.2",
        {
            **dict.fromkeys(("5.1", "5.2"), 2025),
            **dict.fromkeys(("4.7", "4.8", "4.9", "5.0"), 2024),
            **dict.fromkeys(("4.3", "4.4", "4.5", "4.6"), 2023),
            **dict.fromkeys(("3.6", "3.7", "4.0", "4.1", "4.2"), 2022),
            **dict.fromkeys(("3.2", "3.3", "3.4", "3.5"), 2021),
        },
    ),
    "seqkit": Releases(
        "2.13.0",
        {
            **dict.fromkeys(("2.10", "2.11", "2.12"), 2025),
            **dict.fromkeys(("2.7", "2.8", "2.9"), 2024),
            **dict.fromkeys(("2.4", "2.5", "2.6"), 2023),
            **dict.fromkeys(("2.2", "2.3"), 2022),
            **dict.fromkeys(("0.15", "0.16", "2.0", "2.1"), 2021),
            "2.13": 2026,
        },
    ),
    "fastq-filter": Releases("0.3.0", {"0.1": 2021, "0.2": 2022, "0.3": 2022}),
    "dnaio": Releases(
        "1.2.4",
        {
            **dict.fromkeys(("1.2.1", "1.2.2", "1.2.3"), 2024),
            **dict.fromkeys(("1.0", "1.1", "1.2.0"), 2023),
            "1.2.4": 2025,
        },
    ),
    "polars-bio": Releases(
        "0.36.2",
        {
            **{f"0.{minor}": 2025 for minor in range(6, 20)},
            **{f"0.{minor}": 2026 for minor in range(20, 37)},
        },
    ),
    "oxbow": Releases(
        "0.8.2",
        {
            **dict.fromkeys(("0.4", "0.5.0", "0.5.1"), 2025),
            **dict.fromkeys(("0.5.2", "0.6", "0.7", "0.8"), 2026),
            "0.3": 2024,
        },
    ),
    "biobear": Releases("0.23.7", {"0.23": 2024, "0.23.6": 2025, "0.23.7": 2025}),
}
