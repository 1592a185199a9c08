"""``train``: makes a model from reads."""

from __future__ import annotations

import dataclasses
import sys
import typing
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from biometal_stream.cli import figures, messages
from biometal_stream.cli.command import OTHER, Argument, FilesOption, OneOf, StepCommand, as_typed
from biometal_stream.cli.operators import parameter_of
from biometal_stream.errors import ConfigurationError
from biometal_stream.models.training.settings import TrainingSettings
from biometal_stream.models.training.tasks import about_task, load_task, task_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from biometal_stream.cli.options import Options
    from biometal_stream.models.training import Progress, Trained


def train_command() -> StepCommand:
    """The command of ``train``."""
    hints = typing.get_type_hints(TrainingSettings)
    return StepCommand(
        "train",
        place="alone",
        group=OTHER,
        runs=f"{__name__}:run_train",
        help="Trains a model on reads, and exports it for predict.\n\nTraining needs torch: pip"
        f" install 'biometal-stream[train]'. The tasks:\n\n\b\n{_tasks()}",
        epilog="""\b
        Examples:
          biometal-stream train quality reads/*.fq.gz --out models/quality
          biometal-stream train quality reads/*.fq.gz --out models/quality --resume""",
        params=[
            Argument(
                ["task"],
                metavar="TASK",
                about=f"What to learn: {', '.join(task_names())}.",
                type=OneOf(task_names()),
                required=True,
            ),
            Argument(
                ["reads"],
                metavar="READS...",
                about="Files of FASTQ in any compression; - is standard input.",
                files=True,
                nargs=-1,
                required=True,
            ),
            click.Option(
                ["--out"],
                metavar="FILE",
                required=True,
                help="The folder for the model, its card, its checkpoint and two pictures.",
            ),
            click.Option(
                ["--resume"], is_flag=True, help="Continue from the checkpoint in the folder."
            ),
            click.Option(
                ["--export-only"],
                is_flag=True,
                help="Export the best weights of the checkpoint, without more training.",
            ),
            *(_option(field, hints[field.name]) for field in dataclasses.fields(TrainingSettings)),
        ],
    )


def _tasks() -> str:
    """The tasks, a line each."""
    names = task_names()
    width = max(map(len, names))
    return "\n".join(f"  {name:{width}}  {about_task(name)}" for name in names)


def _option(field: dataclasses.Field[Any], hint: Any) -> click.Parameter:
    """The option of a setting, with the kind of its value as the metavar."""
    option = parameter_of(field, hint)
    if field.name == "held_out":
        assert isinstance(option, click.Option)
        return FilesOption(
            option.opts, metavar="FILES...", type=option.type, multiple=True, help=option.help
        )
    if option.metavar is not None:
        shown = {"variants": "VARIANT", "licence": "TEXT"}
        option.metavar = shown.get(field.name, "NUMBER")
    return option


def run_train(values: Mapping[str, Any], options: Options) -> None:
    """Trains.

    Raises:
        BiometalError: As raised by `biometal_stream.models.training.train`.
    """
    from biometal_stream.models.training import train
    from biometal_stream.warned import taking_warnings

    if options.threads is not None or options.memory is not None:
        raise ConfigurationError("--threads and --memory are for pipelines; train uses one thread")
    fields = [field.name for field in dataclasses.fields(TrainingSettings)]
    given = {name: values[name] for name in fields if values[name] not in (None, ())}
    try:
        settings = TrainingSettings(**given)
    except ConfigurationError as error:
        raise ConfigurationError(as_typed(str(error), train_command().params)) from error
    with (
        _progress(options) as tell,
        taking_warnings(lambda _, text: messages.say(messages.warning(text))),
    ):
        trained = train(
            values["task"],
            values["reads"],
            out=values["out"],
            resume=values["resume"],
            export_only=values["export_only"],
            settings=settings,
            tell=tell,
        )
    _print_scores(trained, load_task(values["task"]).hard)
    if not options.quiet:
        epochs = figures.counted(trained.epochs, "epochs")
        messages.say(f"{epochs}, the best was number {trained.best_epoch} -> {trained.folder}")


@contextmanager
def _progress(options: Options) -> Iterator[Callable[[Progress], None] | None]:
    """Shows a bar on a terminal; elsewhere a line per epoch, if requested."""
    terminal = sys.stderr is not None and sys.stderr.isatty()
    wanted = terminal if options.progress is None else options.progress
    if options.quiet or not wanted or sys.stderr is None:
        yield None
    elif terminal:
        with _bar() as tell:
            yield tell
    else:
        yield _say_epoch


@contextmanager
def _bar() -> Iterator[Callable[[Progress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    with Bar(*columns, console=console, transient=True, redirect_stdout=False) as bar:
        task = bar.add_task("reading")

        def tell(now: Progress) -> None:
            done = (now.epoch - 1) * now.steps + now.step
            bar.update(task, description=line(now), completed=done, total=now.epochs * now.steps)

        yield tell


def line(now: Progress) -> str:
    """The progress of a training run, in words and numbers."""
    text = f"epoch {now.epoch} of {now.epochs}"
    if now.loss is not None and now.accuracy is not None:
        text += f"  loss {now.loss:.4f}  accuracy {figures.share(now.accuracy)}"
    return text


def _say_epoch(now: Progress) -> None:
    if now.step == 1:
        messages.say(line(now))


def _print_scores(trained: Trained, hard: str) -> None:
    from biometal_stream.cli.tables import print_table

    metrics = trained.card.metrics
    parts = {"test": "test part", "held_out": "held-out files"}
    rows = [
        _row(words, metrics[key]["reads"], metrics[key])
        for key, words in parts.items()
        if key in metrics
    ]
    compared = metrics.get("held_out", metrics["test"])["reads"]
    rows += [_row(precision, compared, scores) for precision, scores in metrics["variants"].items()]
    columns = (trained.card.name, "reads", "accuracy", hard)
    print_table("", columns, rows)


def _row(what: str, reads: int, scores: Mapping[str, Any]) -> tuple[str, ...]:
    near = scores["near_accuracy"]
    shown = "-" if near is None else f"{100 * near:.2f} %"
    return what, figures.count(reads), f"{100 * scores['accuracy']:.2f} %", shown
