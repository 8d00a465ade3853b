"""What is owed and done as one table, the same for pages, CSV and XLSX."""

import dataclasses
import datetime
from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from schoolhubs import delivery
from schoolhubs.service.training.models import (
    DUTIES,
    CompletionState,
    ModuleCompletion,
    SchoolLeader,
)
from schoolhubs.service.training.queries import Trained
from schoolhubs.vocabulary.records.training import Duty

# Most pressing first: how it is said, and the colour of its tag.
SAID = {
    delivery.training.Standing.OVERDUE: ("Overdue", "govuk-tag--red"),
    delivery.training.Standing.NOBODY: ("Nobody sees to it", "govuk-tag--orange"),
    delivery.training.Standing.DECLARED: ("Waits to be confirmed", "govuk-tag--yellow"),
    delivery.training.Standing.OPEN: ("To do", "govuk-tag--blue"),
    delivery.training.Standing.OFFERED: ("Offered", "govuk-tag--grey"),
    delivery.training.Standing.DONE: ("Done", "govuk-tag--green"),
}
COLUMNS = {
    "urn": pl.String, "school": pl.String, "programme": pl.String, "pathway": pl.String,
    "module": pl.String, "title": pl.String, "leader": pl.String, "post": pl.String,
    "standing": pl.String, "is_required": pl.Boolean, "due_on": pl.Date, "done_on": pl.Date,
    "half_days": pl.Int64, "certificate": pl.String,
}  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One module with one leader, in words; ``completion`` where one stands."""

    owed: delivery.training.Owed
    leader: str
    post: str
    said: str
    colour: str
    completion: ModuleCompletion | None

    @property
    def number(self) -> str:
        """The certificate’s; blank where there is none."""
        held = self.completion
        return held.number if held and held.state == CompletionState.CONFIRMED else ""


def rows_of(trained: Trained) -> list[Row]:
    """Give what a school owes and has done, the most pressing first."""
    done = {(str(each.leader_id), each.module): each for each in trained.completions}
    order = list(SAID)
    sorted_ = sorted(trained.owed, key=lambda each: (order.index(each.standing), each.due_on))
    return [_row(trained, each, done) for each in sorted_]


def _row(
    trained: Trained, owed: delivery.training.Owed, done: Mapping[tuple[str, str], ModuleCompletion]
) -> Row:
    leader = trained.leaders.get(owed.leader_id)
    said, colour = SAID[owed.standing]
    return Row(
        owed=owed, leader=leader.name if leader else lacking(owed),
        post=leader.post if leader else "", said=said, colour=colour,
        completion=done.get((owed.leader_id, owed.module.module)),
    )  # fmt: skip


def lacking(owed: delivery.training.Owed) -> str:
    """Say what a leader would have to see to for a module to be theirs."""
    wanted = [DUTIES[Duty(each)] for each in owed.module.for_duties if each in set(Duty)]
    # Within a sentence, and SEND stays as it is written.
    said = " or ".join(each[:1].lower() + each[1:] for each in wanted)
    return f"No leader sees to {said}" if wanted else "No leader is named"


def former(trained: Trained, on: datetime.date) -> list[ModuleCompletion]:
    """Give what leaders did who have left since: it stays with the school."""
    return [each for each in trained.completions if not each.leader.is_there(on)]


def table_of(trained: Iterable[Trained], names: Mapping[str, str]) -> pl.DataFrame:
    """Give a row for each module and leader of some schools, those who left among them."""
    rows = [row for each in trained for row in _cells(each, names)]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def urns_in(trained: Trained) -> set[str]:
    """Give the schools that rows of a partnership are of: of a trust, those of its leaders."""
    return {trained.partnership.partner_urn, *(each.urn for each in trained.leaders.values())}


def _cells(trained: Trained, names: Mapping[str, str]) -> Iterator[tuple[object, ...]]:
    held = trained.partnership

    def about(leader: SchoolLeader | None) -> tuple[str | None, ...]:
        urn = leader.urn if leader else held.partner_urn
        return urn, names.get(urn), held.programme_id, held.pathway

    shown = set()
    for row in rows_of(trained):
        owed, module = row.owed, row.owed.module
        if row.completion:
            shown.add(row.completion.pk)
        yield (
            *about(trained.leaders.get(owed.leader_id)), module.module, module.title, row.leader,
            row.post or None, row.said, module.is_required, owed.due_on, owed.done_on,
            module.half_days, row.number or None,
        )  # fmt: skip
    for each in trained.completions:
        if each.pk not in shown:
            yield (
                *about(each.leader), each.module, each.title, each.leader.name, each.leader.post,
                f"{each.get_state_display()}, by a leader for whom it is not owed now", False, None,
                each.completed_on, each.half_days, each.number or None,
            )  # fmt: skip
