"""Plugins for tests, as text and as packages that are installed by hand."""

from __future__ import annotations

from pathlib import Path

FILTER = '''
from dataclasses import dataclass

from biometal_stream.plugin import ReadFilter, argument


@dataclass(frozen=True)
class {name}(ReadFilter):
    """Keeps reads of at least a length, as a plugin does it."""

    needs = ("sequence",)

    length: int = argument("The length.", minimum=0, unit="bases")

    def keep(self, view, /):
        return view.text("sequence").lengths >= self.length
'''


def filter_text(name: str = "AtLeast") -> str:
    return FILTER.replace("{name}", name)


def install(
    folder: Path,
    steps: dict[str, str],
    *,
    name: str = "acme",
    modules: dict[str, str] | None = None,
) -> None:
    """Lays a package into a folder of the path, as pip does."""
    info = folder / f"{name}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
    lines = "".join(f"{step} = {value}\n" for step, value in steps.items())
    (info / "entry_points.txt").write_text(f"[biometal_stream.operators]\n{lines}")
    for module, text in (modules or {}).items():
        (folder / f"{module}.py").write_text(text)
