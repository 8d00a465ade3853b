"""How the command line speaks: data to standard output, talk and bars to standard error."""

import contextlib
import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from schoolhubs.vocabulary.errors import DataProblem, Problem, SchoolhubsError, UsageError
from schoolhubs.vocabulary.progress import Progress, quiet

NOTHING_WRITTEN = "Nothing was written."


class Day(click.DateTime):
    """A day as every list and option writes it, refused in our own words."""

    def __init__(self) -> None:
        super().__init__(formats=["%Y-%m-%d"])

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime.datetime:
        """Read a day, or say what was given and what is expected."""
        try:
            day: datetime.datetime = super().convert(value, param, ctx)
        except click.BadParameter as error:
            option = param.opts[0] if param else "A date"
            raise UsageError(
                f"{option} is {value!r}, which is no date we can read. "
                "Write year, month and day with hyphens, such as 2018-09-01."
            ) from error
        return day


DAY = Day()
as_json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object on standard output."
)
on_option = click.option(
    "--on",
    type=DAY,
    required=True,
    metavar="DATE",
    help="The date to judge by, such as 2025-11-12.",
)


def say(text: str) -> None:
    """Say something to the person, on standard error."""
    click.echo(text, err=True)


def show_json(record: Mapping[str, Any]) -> None:
    """Print one JSON object on standard output."""
    click.echo(json.dumps(record, ensure_ascii=False, indent=2, default=str))


def problems_of(error: SchoolhubsError) -> Sequence[Problem]:
    """Give the problems of an error; one that lists none is a problem itself.

    >>> [(each.code, each.fault) for each in problems_of(UsageError("Give a date."))]
    [('wrong_usage', 'Give a date.')]
    """
    if isinstance(error, DataProblem):
        return error.problems
    codes = {2: "wrong_usage", 4: "conflict", 5: "not_permitted"}
    return [Problem(code=codes.get(error.exit_code, "fault_of_ours"), fault=str(error))]


@contextlib.contextmanager
def whole_or_nothing() -> Iterator[None]:
    """End the problems found inside by saying that nothing was written; also a decorator."""
    try:
        yield
    except DataProblem as error:
        raise DataProblem(error.problems, outcome=NOTHING_WRITTEN) from error


@contextlib.contextmanager
def bars() -> Iterator[Progress]:
    """Give a progress callback that draws bars on a terminal and is quiet elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield quiet
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bars(*columns, TimeElapsedColumn(), console=console, transient=True) as drawn:
        tasks: dict[str, TaskID] = {}

        def progress(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = drawn.add_task(stage, total=total)
            drawn.update(tasks[stage], completed=done, total=total)

        yield progress
