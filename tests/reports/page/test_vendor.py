"""The chart library: its licences, and how it is built."""

import json
import re
import tomllib

from tests.conftest import REPOSITORY

FOLDER = REPOSITORY / "biometal_stream" / "reports" / "page" / "vendor"


def test_versions_are_pinned_without_a_registry():
    lock = json.loads((FOLDER / "package-lock.json").read_text())
    wanted = json.loads((FOLDER / "package.json").read_text())
    locked = lock["packages"]
    for name, version in (wanted["dependencies"] | wanted["devDependencies"]).items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
        assert locked[f"node_modules/{name}"]["version"] == version
    assert all("integrity" in each for path, each in locked.items() if path)
    assert "://" not in json.dumps([{**each, "funding": ""} for each in locked.values()])


def test_the_built_file_says_what_it_is():
    built = (FOLDER / "echarts.min.js").read_text()
    wanted = json.loads((FOLDER / "package.json").read_text())
    assert built.startswith(f"/*! Apache ECharts {wanted['dependencies']['echarts']},")
    for name in ("LICENSE-echarts", "NOTICE-echarts", "LICENSE-zrender", "LICENSE-tslib"):
        assert (FOLDER / f"{name}.txt").read_text().strip()


def test_the_wheel_has_all_files_of_the_page():
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    patterns = settings["tool"]["setuptools"]["package-data"]["biometal_stream.reports.page"]
    page = FOLDER.parent
    packed = {path for pattern in patterns for path in page.glob(pattern)}
    parts = ("scripts", "style", "templates")
    assert {path for part in parts for path in (page / part).iterdir()} <= packed
    licences = {path for path in FOLDER.iterdir() if path.suffix == ".txt"}
    assert {FOLDER / "echarts.min.js", *licences} <= packed


def test_an_archive_of_the_sources_has_what_the_library_is_built_from():
    lines = (REPOSITORY / "MANIFEST.in").read_text().splitlines()
    patterns = [line.removeprefix("include ") for line in lines if not line.startswith("#")]
    assert set(FOLDER.iterdir()) <= {path for each in patterns for path in REPOSITORY.glob(each)}
