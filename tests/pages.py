"""The pages of the documentation: their blocks, and what they tell a reader to install."""

from __future__ import annotations

import ast
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import metadata
from itertools import chain
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import REPOSITORY

PROGRAM = "biometal-stream"
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`]+)`")
_INSTALL = re.compile(r"pip install ([^`#\n&;]+)")
_ENGINE = re.compile(r"""\bengine(?:=["']|\s+)(ray|spark)\b""")
_ENDS = {"|", "||", "&", "&&", ";", "(", ")"}
_REDIRECTIONS = {"<", ">", ">>"}


@dataclass(frozen=True)
class Block:
    """A fenced block of a page.

    Attributes:
        language: What stands behind the fence.
        line: Its first line in the page, counted from 1.
        text: What is in it.
    """

    language: str
    line: int
    text: str


@dataclass(frozen=True)
class Page:
    """A page of the documentation."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(REPOSITORY).as_posix()

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @cached_property
    def blocks(self) -> list[Block]:
        return [
            Block(found[1], self.text.count("\n", 0, found.start()) + 2, found[2])
            for found in _FENCE.finditer(self.text)
        ]

    @property
    def prose(self) -> str:
        """The page without its blocks, each paragraph on one line."""
        return re.sub(r"(?<!\n)\n(?![\n#|-])", " ", _FENCE.sub("", self.text))

    @property
    def links(self) -> list[str]:
        """What its links name."""
        return re.findall(r"\]\(([^)\s]+)\)", _SPAN.sub("`", self.prose))

    def commands(self) -> Iterator[list[str]]:
        """The words of each command line of ours, in blocks and between backticks."""
        for block in self.blocks:
            if block.language in {"sh", "yaml"}:
                yield from _commands(block.text)
        for span in _SPAN.findall(self.prose):
            if span.startswith(f"{PROGRAM} "):
                yield from _commands(span)

    def modules(self) -> set[str]:
        """The modules, other than ours, that its Python and its engines import."""
        found = set()
        for block in self.blocks:
            found |= {{"spark": "pyspark"}.get(name, name) for name in _ENGINE.findall(block.text)}
            if block.language == "python":
                for name in _imports(ast.parse(block.text)):
                    package, _, rest = name.partition(".")
                    if package != "biometal_stream":
                        found.add(package)
                    elif rest.startswith("interop."):
                        engine = rest.split(".")[1]
                        found |= {{"spark": "pyspark"}.get(engine, engine)} & _modules().keys()
                    elif rest.startswith("models.training"):
                        found.add("torch")
        return found

    def installed(self) -> set[str]:
        """The distributions that are there once all its `pip install` have been typed."""
        wanted = [PROJECT["name"]]
        for words in _INSTALL.findall(self.text):
            wanted += [word for word in shlex.split(words) if not word.startswith("-")]
        return closure(wanted)


def pages() -> list[Page]:
    """All pages that tell a reader what to type."""
    found = [REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md"]
    for folder in ("docs", "examples", "benches"):
        found += sorted((REPOSITORY / folder).rglob("*.md"))
    return [Page(path) for path in found if "data" not in path.relative_to(REPOSITORY).parts]


def closure(wanted: list[str]) -> set[str]:
    """The distributions that pip installs for what is named, as far as they are here.

    Args:
        wanted: What follows `pip install`, such as ``.[duckdb]`` or ``pandas``.
    """
    ours = canonicalize_name(PROJECT["name"])
    open_ = [Requirement(re.sub(r"^(\.|/[^[]*)(?=$|\[)", ours, word)) for word in wanted]
    seen: set[tuple[str, str]] = set()
    while open_:
        needed = open_.pop()
        name = canonicalize_name(needed.name)
        for extra in ("", *needed.extras):
            if (name, extra) not in seen:
                seen.add((name, extra))
                open_ += [each for each in _requirements(name, extra) if _applies(each, extra)]
    return {name for name, _ in seen}


def hidden(installed: set[str]) -> list[str]:
    """The modules of this environment that a reader would not have who installed these.

    Numba stays: a wheel has the kernels compiled, and a checkout may have to compile them.
    """
    kept = installed | {"pip", "setuptools"} | closure(["numba"])
    return sorted(
        module
        for module, owners in _modules().items()
        if module != "biometal_stream" and not {canonicalize_name(o) for o in owners} & kept
    )


def owners(module: str) -> set[str]:
    """The distributions that bring a module; none where it is Python's own or not here."""
    return {canonicalize_name(name) for name in _modules().get(module, ())}


def bound(distribution: str) -> str | None:
    """The oldest version of a distribution that any of our requirements allows."""
    every = chain(PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
    for requirement in map(Requirement, every):
        if canonicalize_name(requirement.name) == distribution:
            for specifier in requirement.specifier:
                if specifier.operator == ">=":
                    return specifier.version
    return None


@cache
def _modules() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()


def _requirements(name: str, extra: str) -> list[Requirement]:
    if name == canonicalize_name(PROJECT["name"]):
        texts = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
        return [Requirement(text) for text in texts]
    try:
        return [Requirement(text) for text in metadata.requires(name) or ()]
    except metadata.PackageNotFoundError:
        return []


def _applies(requirement: Requirement, extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _commands(text: str) -> Iterator[list[str]]:
    text = re.sub(r"\\\n", " ", text)
    text = re.sub(r"^( *entrypoint: >-\n)((?:    .*\n)+)", _folded, text, flags=re.MULTILINE)
    text = re.sub(r"\$\{?\w+(\[[^]]*\])?\}?", "1", text)  # what a variable holds is not known
    for line in text.splitlines():
        if PROGRAM not in line:
            continue
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words = list(lexer)
        for start, word in enumerate(words):
            # What stands in an array is part of a command line, and more of it follows elsewhere.
            if word == PROGRAM and not (start and words[start - 1].endswith("(")):
                yield _until_end(words[start + 1 :])


def _folded(found: re.Match[str]) -> str:
    return " ".join(found[2].split()) + "\n"


def _until_end(words: list[str]) -> list[str]:
    kept: list[str] = []
    coming = iter(words)
    for word in coming:
        if word in _ENDS:
            break
        if word in _REDIRECTIONS:
            next(coming)
        else:
            kept.append(word)
    return kept
