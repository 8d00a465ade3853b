"""The rules are asked about an application that was sent, and it moves as they say."""

import datetime
import logging
from collections.abc import Sequence
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import Exists, OuterRef

from schoolhubs import eligibility, programmes
from schoolhubs.service.eligibility.doing import changing, telling
from schoolhubs.service.eligibility.models import Application, Decision
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.network.queries import hubs_on
from schoolhubs.service.schools import queries as schools
from schoolhubs.service.schools.models import RegisterSnapshot, School
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import SchoolhubsError
from schoolhubs.vocabulary.records.eligibility import EligibilityDecision
from schoolhubs.vocabulary.records.rules import RulesAsAt

OF_THE_SERVICE = "the service"
# What was sent this little ago is being assessed by the one who sends it.
BEING_SENT = datetime.timedelta(minutes=10)

log = logging.getLogger("schoolhubs.eligibility")


def assess(
    application: Application,
    rules: RulesAsAt,
    snapshot: RegisterSnapshot,
    *,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> tuple[EligibilityDecision, ...]:
    """Ask the rules about a sent application, keep what they say, and move it accordingly."""
    said = ask_rules(application, rules, snapshot)
    keep(application, said, snapshot, by=by, organisation=organisation, at=at, place=place)
    return said


def ask_rules(
    application: Application, rules: RulesAsAt, snapshot: RegisterSnapshot
) -> tuple[EligibilityDecision, ...]:
    """Ask the rules about an application; it takes a while and changes nothing."""
    school = schools.schools_of(snapshot).get(urn=application.urn)
    lead_urns = list(hubs_on(rules.programme_id, snapshot.on).values_list("lead_urn", flat=True))
    return eligibility.explain(
        schools.facts_around(school), as_frame([application]), rules,
        urn=application.urn, lead_urns=lead_urns,
    )  # fmt: skip


def keep(
    application: Application,
    decided: Sequence[EligibilityDecision],
    snapshot: RegisterSnapshot,
    *,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> None:
    """Keep what the rules say of a sent application, and move it accordingly."""
    wished = [each for each in decided if each.pathway in application.pathways] or list(decided)
    with transaction.atomic():
        held = changing.held(application, application.version)
        Decision.objects.bulk_create(_decision(held, each, snapshot, at) for each in decided)
        changing.move(held, state_after([each.verdict.value for each in wished]), by="office")
        drafts = telling.decided(held, occasion=f"assessed {held.version}", on=snapshot.on)
        letters.write(drafts, by=by, at=at, place=place)
        changing.record(held, "application.assess", by, organisation, at, place)
    application.refresh_from_db()


def assess_left(*, at: datetime.datetime, place: str) -> int:
    """Assess what was sent and never assessed, since the asking failed or was cut off.

    Each by the register that its school declared; one that cannot be assessed hinders no other.

    Returns
    -------
    int
        Applications assessed; a second call finds none.
    """
    asked = Decision.objects.filter(application=OuterRef("pk"))
    sent = Application.objects.filter(state="submitted", submitted_at__lte=at - BEING_SENT)
    n = 0
    for each in sent.filter(~Exists(asked)).select_related("snapshot").order_by("pk"):
        assert each.snapshot is not None, "the database refuses a sent one without"
        rules = programmes.load(each.programme_id).as_at(each.snapshot.on)
        try:
            assess(each, rules, each.snapshot, by=OF_THE_SERVICE, organisation="", at=at,
                   place=place)  # fmt: skip
            n += 1
        except (SchoolhubsError, School.DoesNotExist):
            log.exception("an application stays unassessed", extra={"event": each.reference})
    return n


def as_frame(applications: Sequence[Application]) -> pl.DataFrame:
    """Give applications as frames.APPLICATIONS with their answers, a row for each wished pathway.

    Only what the programme's own questions ask goes along, which is yes, no or a number: names of
    people and what they wrote stay here.
    """
    rows = [
        {
            "urn": each.urn,
            "programme_id": each.programme_id,
            "pathway": pathway,
            "applied_on": each.applied_on,
            **{name: _as_text(value) for name, value in each.answers.items() if _is_plain(value)},
        }
        for each in applications
        for pathway in (each.pathways or [None])
    ]
    asked = sorted({name for row in rows for name in row} - set(frames.APPLICATIONS.schema))
    return pl.DataFrame(
        rows, schema={**frames.APPLICATIONS.schema, **dict.fromkeys(asked, pl.String())}
    )


def _is_plain(value: Any) -> bool:
    return isinstance(value, bool | int | float)


def _as_text(value: float) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def state_after(verdicts: Sequence[str]) -> str:
    """One yes is enough; without one, what cannot be told keeps the door open.

    >>> state_after(["no", "yes"]), state_after(["no", "cannot tell"]), state_after(["no"])
    ('eligible', 'undecided', 'not_eligible')
    """
    if "yes" in verdicts:
        return "eligible"
    return "undecided" if "cannot tell" in verdicts else "not_eligible"


def _decision(
    held: Application, said: EligibilityDecision, snapshot: RegisterSnapshot, at: datetime.datetime
) -> Decision:
    return Decision(
        application=held,
        pathway=said.pathway,
        verdict=said.verdict.value,
        made_at=at,
        definition_version=said.definition_version,
        snapshot=snapshot,
        record=said.as_dict(),
    )
