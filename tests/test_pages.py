"""What all pages of the documentation keep to; `test_guides.py` runs their blocks."""

import importlib.util
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from biometal_stream.cli.command import parse
from biometal_stream.cli.commands import commands
from biometal_stream.cli.options import options_command
from biometal_stream.cli.steps import split
from tests.conftest import REPOSITORY
from tests.pages import PROJECT, Page, bound, closure, hidden, owners, pages

PAGES = pages()
GUIDES = [page for page in PAGES if re.match("docs/engines/[a-z]", page.name)]
NAMES = {
    "pyarrow": "pyarrow",
    "nanoarrow": "nanoarrow",
    "adbc": "adbc-driver-manager",
    "lance": "pylance",
    "pandas": "pandas",
    "duckdb": "duckdb",
    "polars": "polars",
    "datafusion": "datafusion",
    "daft": "daft",
    "spark": "pyspark",
    "pyspark": "pyspark",
    "ray": "ray",
}
"""What pages call a distribution, in small letters."""

AT_LEAST = [
    (path.stem, *call)
    for path in (REPOSITORY / "biometal_stream").rglob("*.py")
    for call in re.findall(
        r'\bneed\(\s*"?([\w.]+)"?, "(\w+)", .*, at_least="([\d.]+)"(?:, package="(\w+)")?\)',
        path.read_text(),
    )
]
"""Where the code asks for a version: the file, the module, the extra, the version, the package."""

EXERCISES = {"starts-with", "trim-poly-a", "count-bases"}
"""Steps that a reader makes; the tests of the pages run them, or `test_contributing.py` does."""

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def parse_words(words: list[str]) -> None:
    """Parses a command line as the program does, and runs nothing."""
    known, whole_command = commands(), options_command()
    whole, steps = split(words, known, whole_command)
    root = click.Context(whole_command, **whole_command.context_settings)
    try:
        for step in steps:
            parse(known[step.name], step.arguments, parent=root)
        parse(whole_command, whole.options)
    except click.exceptions.Exit:
        pass  # of --help


def anchors(page: Page) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.text, re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in plain}


def test_there_is_something_to_read() -> None:
    assert sum(1 for page in PAGES for _ in page.commands()) > 30
    assert sum(len(page.blocks) for page in PAGES) > 80


@every_page
def test_each_block_says_what_it_is(page: Page) -> None:
    for block in page.blocks:
        assert block.language in {"sh", "python", "yaml", "toml", "json", "text"}, block


@every_page
def test_each_command_is_one(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    for words in page.commands():
        bare = len(words) == 1 and words[0] in commands()  # a word of the text
        if not bare and EXERCISES.isdisjoint(words):
            parse_words(words)
    capsys.readouterr()


@every_page
def test_each_block_of_a_shell_parses(page: Page) -> None:
    for block in page.blocks:
        if block.language == "sh":
            done = subprocess.run(
                ["bash", "-n"], input=block.text, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, (block, done.stderr)


@every_page
def test_each_module_that_is_run_is_there_and_has_these_options(page: Page) -> None:
    for block in page.blocks:
        for module, words in re.findall(r"python3? -m ([\w.]+)([^\n#]*)", block.text):
            if module in {"pytest", "venv"}:
                continue
            spec = importlib.util.find_spec(module)
            assert spec is not None, module
            folder = REPOSITORY.joinpath(*module.split("."))
            files = [folder.with_suffix(".py")] if not folder.is_dir() else folder.rglob("*.py")
            shared = [*(REPOSITORY / module.split(".")[0]).glob("*.py")]
            source = "".join(path.read_text() for path in [*files, *shared])
            for option in re.findall(r"--[\w-]+", words):
                assert f'"{option}"' in source, (module, option)


@every_page
def test_a_page_says_what_to_install(page: Page) -> None:
    installed = page.installed()
    for module in page.modules():
        assert not owners(module) or owners(module) & installed, (
            f"{page.name} uses {module} and names nothing to install that brings it"
        )


@every_page
def test_versions_are_those_of_the_extras(page: Page) -> None:
    for name, version in re.findall(r"(\w+) (\d[\d.]*\d|\d+) or later", page.prose):
        if name == "Python":
            assert SpecifierSet(PROJECT["requires-python"]) == SpecifierSet(f">={version}")
        elif name == "Java":
            assert version == "17"  # of the oldest PySpark that the extra allows
        else:
            oldest = bound(NAMES[name.lower()])
            assert oldest is not None
            assert Version(version) >= Version(oldest), (name, version, oldest)


@every_page
def test_versions_that_were_run_are_allowed(page: Page) -> None:
    for sentence in re.findall(r"[Rr]un with ([^:;]*?)(?:\.\s|\.$|:|;)", page.prose):
        for name, versions in re.findall(
            r"([A-Za-z]+) ((?:\d+\.[\d.]*\d(?:, | and )?)+)", sentence
        ):
            if name.lower() not in NAMES:
                continue
            oldest = Version(bound(NAMES[name.lower()]) or "0")
            for version in re.findall(r"\d+\.[\d.]*\d", versions):
                assert Version(version) >= oldest, (name, version, oldest)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda page: page.name)
def test_a_guide_names_the_oldest_version_of_what_it_is_about(guide: Page) -> None:
    for module in guide.modules():
        for distribution in owners(module) & set(NAMES.values()) - closure(["."]):
            called = "|".join(name for name, of in NAMES.items() if of == distribution)
            oldest = re.escape(bound(distribution) or "")
            assert re.search(rf"(?i)\b({called}) {oldest} or later", guide.prose), distribution


@every_page
def test_each_test_that_is_named_is_there(page: Page) -> None:
    for name, function in re.findall(r"`((?:tests/[\w/]+/)?test_\w+\.py)(?:::(\w+))?`", page.text):
        found = list((REPOSITORY / "tests").rglob(Path(name).name))
        found = [path for path in found if path.as_posix().endswith(name)]
        added = name.removesuffix(".py").partition("test_")[2].replace("_", "-")
        assert found or added in EXERCISES, name  # which a reader of CONTRIBUTING.md adds
        assert not function or any(f"def {function}(" in path.read_text() for path in found)


@every_page
def test_links_lead_somewhere(page: Page) -> None:
    for target in page.links:
        link = urlsplit(target)
        if link.scheme:
            continue
        path = (page.path.parent / link.path).resolve() if link.path else page.path
        if path.is_relative_to(REPOSITORY / "docs" / "steps"):
            continue  # made by docs/hooks.py; the build of the site checks these
        assert path.exists(), target
        if link.fragment and path.suffix == ".md":
            assert link.fragment in anchors(Page(path)), target


@pytest.mark.parametrize("found", AT_LEAST, ids=lambda found: f"{found[0]}: {found[3]}")
def test_the_code_asks_for_no_older_version_than_the_extra(found: tuple[str, ...]) -> None:
    _, module, extra, version, package = found
    distribution = package or module.partition(".")[0]
    assert distribution in closure([f".[{extra}]"])
    assert Version(version) >= Version(bound(distribution) or "0")


def test_a_page_that_does_not_say_what_it_needs_is_found(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("`pip install '.[duckdb]'`\n\n```python\nimport duckdb, hypothesis\n```\n")
    page = Page(path)
    assert page.modules() == {"duckdb", "hypothesis"}
    assert {"duckdb", "pyarrow"} <= page.installed()
    assert "hypothesis" not in page.installed()
    assert "hypothesis" in hidden(page.installed())
    assert not {"duckdb", "pyarrow", "biometal_stream"} & set(hidden(page.installed()))


def test_the_words_of_commands_are_found(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("""
As `biometal-stream read a.fq
head 2` does.

```sh
zcat a.gz | biometal-stream --threads "$N" read - < b.fq \\
    write - > c.fq  # and not this
all=(biometal-stream --progress)
```
""")
    assert list(Page(path).commands()) == [
        ["--threads", "1", "read", "-", "write", "-"],
        ["read", "a.fq", "head", "2"],
    ]
