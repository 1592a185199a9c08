"""Makes the pages of the site that follow from the code: one for each step."""

from __future__ import annotations

import dataclasses
import inspect
from typing import TYPE_CHECKING, Any

from mkdocs.structure.files import File

from biometal_stream.registry.builtin import operator_classes
from biometal_stream.settings import setting_of

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Adds the pages of the steps to the navigation."""
    for entry in config.nav or []:
        if "Steps" in entry:
            pages = [{name: f"steps/{name}.md"} for name in operator_classes()]
            entry["Steps"] = ["steps/index.md", *pages]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds a page for each step, and their table."""
    classes = operator_classes()
    for name, operator in classes.items():
        files.append(File.generated(config, f"steps/{name}.md", content=step_page(name, operator)))
    files.append(File.generated(config, "steps/index.md", content=index_page(classes)))
    return files


def index_page(classes: dict[str, type[Any]]) -> str:
    """The table of all steps."""
    rows = [f"| [{name}]({name}.md) | {summary(each)} |" for name, each in classes.items()]
    return "# Steps\n\n| step | what it does |\n|---|---|\n" + "\n".join(rows) + "\n"


def step_page(name: str, operator: type[Any]) -> str:
    """What a step does, its options, and its class."""
    text = inspect.getdoc(operator) or ""
    prose = text.partition("\nAttributes:")[0].strip()
    fields = [field for field in dataclasses.fields(operator) if field.init]
    usage = " ".join(map(_usage, fields))
    command = f"biometal-stream read … {name} {usage}".strip()
    lines = [f"# {name}", "", prose, "", "```text", command, "```", ""]
    if fields:
        lines += ["| option | default | |", "|---|---|---|", *map(_row, fields), ""]
    module, cls = operator.__module__, operator.__name__
    lines += ["## In Python", "", f"`bs.{cls}`", "", f"::: {module}.{cls}"]
    lines += ["    options:", "      members: false", "      show_root_toc_entry: false", ""]
    return "\n".join(lines)


def summary(operator: type[Any]) -> str:
    """The first line of a class's docstring."""
    return (inspect.getdoc(operator) or "").splitlines()[0]


def _usage(field: dataclasses.Field[Any]) -> str:
    word = field.name.replace("_", "-")
    if not setting_of(field).positional:
        return f"[--{word}]"
    return word.upper() if field.default is dataclasses.MISSING else f"[{word.upper()}]"


def _row(field: dataclasses.Field[Any]) -> str:
    setting = setting_of(field)
    word = field.name.replace("_", "-")
    name = word.upper() if setting.positional else f"--{word}"
    shown = "" if field.default in {dataclasses.MISSING, None, ()} else f"`{field.default}`"
    choices = ", ".join(f"`{each}`" for each in setting.choices)
    said = f"{setting.help} One of {choices}." if choices else setting.help
    return f"| `{name}` | {shown} | {said} |"
