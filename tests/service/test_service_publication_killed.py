"""kill -9 at every point of a publication: nothing lost, nothing half-published, nothing twice."""

import collections
from typing import Any

from django.db import connection

from invented import AT, facts, register
from partnering import LEAD, SECOND_LEAD, a_round, applied, published, state_of
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.jobs.actions import ask
from schoolhubs.service.jobs.models import State, Work
from schoolhubs.service.letters.models import Letter
from schoolhubs.service.matching.models import PublishedRound, Round
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.models import Partnership
from working import cut_off, let_finish

WHO: dict[str, Any] = {"by": "ada", "organisation": "office:1", "at": AT, "place": "tests"}
# In the order in which the worker comes by them; the last two lie behind the effect.
PUBLISH_POINTS = (
    "claimed", "publishing", "checked", "worked-out", "pointed", "settled", "written",
    "proposed", "audited", "before-commit", "made", "cleared",
)  # fmt: skip
URNS = [f"9000{n:02d}" for n in range(30, 60)]


def plans() -> tuple[Round, Round]:
    """Give a published plan that places every school, and one that moves half of them."""
    snapshot = register(*(facts(urn) for urn in (*URNS, LEAD, SECOND_LEAD)),
                        leads=(LEAD, SECOND_LEAD))  # fmt: skip
    Hub.objects.update(places={"enhanced": len(URNS)})
    applied(snapshot, URNS)
    first = published(a_round(snapshot, dict.fromkeys(URNS, LEAD)))
    half = {urn: SECOND_LEAD if n % 2 else "" for n, urn in enumerate(URNS)}
    return first, a_round(snapshot, half)


def standing() -> dict[str, Any]:
    """Give everything that a publication changes.

    These proposals are of an earlier day, so the worker's hours move them and remind of them.
    """
    letters = Letter.objects.exclude(kind__startswith="proposal")
    return {
        "pointer": PublishedRound.objects.get().round_id,
        "proposed": sorted(
            Partnership.objects.filter(state="proposed").values_list("partner_urn", "lead_urn")
        ),
        "superseded": Partnership.objects.filter(state="superseded").count(),
        "letters": sorted(letters.values_list("kind", "about", "organisation", "to")),
        "states": [state_of(urn) for urn in URNS],
        "audited": AuditEntry.objects.filter(action="round.publish").count(),
        "proposals": AuditEntry.objects.filter(action="partnerships.propose").count(),
    }


def test_a_publication_cut_off_at_every_point_is_made_once(own_database: None) -> None:
    first, second = plans()
    before = standing()
    assert (before["pointer"], before["audited"], before["proposals"]) == (first.pk, 0, 1)
    order = {"round": second.pk, "reason": "Agreed", "replaces": first.pk}
    work = ask("publish", order, **WHO)
    made = None
    for n, point in enumerate(PUBLISH_POINTS):
        cut_off("publish", point)
        connection.close()
        now = standing()
        if n < PUBLISH_POINTS.index("made"):
            assert now == before, f"nothing of it stands, cut off at {point}"
        else:
            assert made in (None, now), f"nothing twice, cut off at {point}"
            made = now
    let_finish(work)
    work.refresh_from_db()
    assert (work.state, work.result) == (State.DONE, {"round": second.pk})
    assert standing() == made
    told = collections.Counter(each[0] for each in set(made["letters"]) - set(before["letters"]))
    # Fifteen schools have another hub, fifteen go on the waiting list; each hub is told once.
    assert told == {"hub_proposed": 15, "waiting": 15, "schools_proposed": 2}
    assert Letter.objects.count() == len(set(made["letters"]))
    assert made["pointer"] == second.pk
    assert (made["audited"], made["proposals"], made["superseded"]) == (1, 2, 30)
    assert made["proposed"] == [(urn, SECOND_LEAD) for n, urn in enumerate(URNS) if n % 2]
    assert made["states"] == ["matched" if n % 2 else "waiting" for n, _ in enumerate(URNS)]
    assert Work.objects.filter(kind="publish").count() == 1
