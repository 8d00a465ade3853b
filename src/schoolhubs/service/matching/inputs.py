"""What a round reads from the database, and whether it still stands when the round is done."""

import dataclasses
import hashlib
import json

import polars as pl
from django.db.models import Count, QuerySet

from schoolhubs.service.eligibility.actions import as_frame
from schoolhubs.service.eligibility.models import Application, HumanDecision
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships import queries as partnerships
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import Conflict

# States in which an application takes part in a round. One that is undecided waits for a person's
# ruling, which moves it to eligible; one that is agreed or running is there to keep its place.
TAKES_PART = ("submitted", "eligible", "waiting", "matched", "agreed", "running")
CHANGED = (
    "{} changed while the round was being worked out, so nothing was kept. Run the round again."
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The lists of a round, each a frame of vocabulary.frames."""

    applications: pl.DataFrame
    leads: pl.DataFrame
    partnerships: pl.DataFrame
    bars: pl.DataFrame
    rulings: pl.DataFrame

    def digests(self) -> dict[str, str]:
        """Give one digest a list, the same whenever its rows are."""
        return {
            field.name: _digest(getattr(self, field.name)) for field in dataclasses.fields(self)
        }


# What each list holds, as people say it where one of them changed.
SAID = {
    "applications": "An application",
    "leads": "A hub",
    "partnerships": "A partnership",
    "bars": "A pair that an objection keeps apart",
    "rulings": "A decision on an application",
}


def inputs_of(programme_id: str, cohort_id: str) -> Inputs:
    """Read everything that a round of a cohort is worked out from, as it stands now."""
    return Inputs(
        applications=applications_of(programme_id, cohort_id),
        leads=leads_of(programme_id),
        partnerships=partnerships.in_force(programme_id),
        bars=partnerships.bars(programme_id, cohort_id),
        rulings=rulings_of(programme_id, cohort_id),
    )


def check_unchanged(before: dict[str, str], now: dict[str, str], said: str = CHANGED) -> None:
    """Refuse a round of what has changed since.

    Parameters
    ----------
    before, now
        The digests of the lists.
    said
        The words of the refusal, with a place for the list.

    Raises
    ------
    Conflict
        Naming the first list that did.
    """
    for name, digest in before.items():
        if now[name] != digest:
            raise Conflict(said.format(SAID[name]))


def applications_of(programme_id: str, cohort_id: str) -> pl.DataFrame:
    """Give the applications that take part in a round, as frames.APPLICATIONS."""
    return as_frame(list(taking_part(programme_id, cohort_id).order_by("urn", "pk")))


def taking_part(programme_id: str, cohort_id: str) -> QuerySet[Application]:
    """Give the applications that take part in a round of a cohort."""
    return Application.objects.filter(
        programme_id=programme_id, cohort_id=cohort_id, state__in=TAKES_PART
    )


def by_cohort(programme_id: str) -> dict[str, int]:
    """Count the applications of a programme that take part, by cohort."""
    ours = Application.objects.filter(programme_id=programme_id, state__in=TAKES_PART)
    return dict(ours.order_by().values_list("cohort_id").annotate(n=Count("pk")))


def hubs_of(programme_id: str) -> QuerySet[Hub]:
    """Give a programme's hubs, in order of URN."""
    return Hub.objects.filter(programme_id=programme_id).order_by("lead_urn")


def leads_of(programme_id: str) -> pl.DataFrame:
    """Give a programme's hubs as frames.LEADS, with the places each stated."""
    rows = [
        {
            "urn": hub.lead_urn,
            "programme_id": hub.programme_id,
            "leads_from": hub.started_on,
            "leads_until": hub.finished_on,
            **{f"capacity_{pathway}": str(n) for pathway, n in hub.places.items()},
        }
        for hub in hubs_of(programme_id)
    ]
    stated = sorted({name for row in rows for name in row} - set(frames.LEADS.schema))
    schema = {**frames.LEADS.schema, **dict.fromkeys(stated, pl.String())}
    return pl.DataFrame(rows, schema=schema)


def rulings_of(programme_id: str, cohort_id: str) -> pl.DataFrame:
    """Give the decisions of people that count, the newest by school and pathway."""
    made = (
        HumanDecision.objects.that_stand()
        .filter(
            application__programme_id=programme_id,
            application__cohort_id=cohort_id,
            application__state__in=TAKES_PART,
        )
        .select_related("application")
    )
    counting = {
        (each.application.urn, each.pathway): {
            "urn": each.application.urn,
            "pathway": each.pathway,
            "verdict": each.verdict,
            "reason": each.reason,
            "decided_by": each.decided_by,
        }
        for each in made.order_by("pk")
        if each.counts
    }
    rows = [counting[key] for key in sorted(counting)]
    return pl.DataFrame(rows, schema=dict.fromkeys(_RULED, pl.String()))


_RULED = ("urn", "pathway", "verdict", "reason", "decided_by")


def _digest(table: pl.DataFrame) -> str:
    written = json.dumps([table.columns, table.rows()], default=str)
    return hashlib.sha256(written.encode()).hexdigest()
