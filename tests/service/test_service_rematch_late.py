"""A re-match in a term too far on to begin in counts the places that its proposals will hold."""

import datetime
import itertools
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from invented import PROGRAMME
from rematching import published, re_matched
from schoolhubs.service.jobs import doing
from schoolhubs.service.jobs.actions import ask
from schoolhubs.service.matching import tasks as rounds
from schoolhubs.service.matching.models import HubLoad, Outcome, Placement, Round
from schoolhubs.service.matching.publishing import preview, publish
from schoolhubs.service.matching.queries import rules_of
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships import actions, tasks
from schoolhubs.service.partnerships.doing import pairs
from schoolhubs.service.partnerships.doing.pairs import after_terms
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.calendar import term_finishes_on
from schoolhubs.vocabulary.errors import Conflict

pytestmark = pytest.mark.django_db
WHO: dict[str, Any] = {
    "by": "ada", "organisation": "office:1", "at": timezone.now(), "place": "tests"
}  # fmt: skip


def promised_after(round_: Round, but: str, starts_on: datetime.date) -> int:
    """Promise every place from the end of the round's own matches on, at all hubs but one."""
    lasts = {each.pathway: each.duration_terms for each in rules_of(round_).pathways}
    urns = itertools.count(980001)
    made = [
        Partnership(
            programme_id=PROGRAMME, cohort_id="2098-99-autumn", lead_urn=load.lead_urn,
            partner_urn=str(next(urns)), pathway=load.pathway, proposed_at=WHO["at"],
            proposed_by="ada", starts_on=first,
            finishes_on=after_terms(first, lasts[load.pathway]),
        )
        for load in HubLoad.objects.filter(round=round_).exclude(lead_urn=but)
        for first in [after_terms(starts_on, lasts[load.pathway])]
        for _ in range(load.n_places)
    ]  # fmt: skip
    Partnership.objects.bulk_create(made)
    says = {"says": "accepts", "at": WHO["at"], "by": "x"}
    answered = {f"{side}_{name}": says[name] for side in ("partner", "lead") for name in says}
    return Partnership.objects.filter(cohort_id="2098-99-autumn").update(
        state="agreed", version=F("version") + 1, **answered
    )


@pytest.fixture
def late(small_england: Path, monkeypatch: pytest.MonkeyPatch) -> Round:
    """Publish a round; then its term passes, a hub steps down, and later places are promised."""
    round_ = published(small_england)
    one = Partnership.objects.order_by("lead_urn", "pk")
    starts_on, gone = one[0].starts_on, one[0].lead_urn
    agreed = one.exclude(lead_urn=gone)[0]
    for side in ("partner", "lead"):
        agreed = actions.answer(agreed, side=side, says="accepts", version=agreed.version, **WHO)
    assert promised_after(round_, gone, starts_on) > 100
    hub = Hub.objects.get(programme_id=PROGRAMME, lead_urn=gone)
    actions.step_down(hub, on=timezone.localdate(), reason="Too much", **WHO)
    for module in (pairs, tasks):
        monkeypatch.setattr(module, "term_to_begin", lambda _: term_finishes_on(starts_on))
    return round_


def newly_placed(new: Round, before: Round) -> set[str]:
    was = set(matched(before))
    return {urn for urn, lead in matched(new) if (urn, lead) not in was}


def matched(round_: Round) -> list[tuple[str, str]]:
    rows = Placement.objects.filter(round=round_, outcome=Outcome.MATCHED)
    return list(rows.values_list("urn", "lead_urn"))


def test_it_can_be_published_and_whoever_could_stay_stays(late: Round) -> None:
    kept = Partnership.objects.filter(cohort_id=late.cohort_id, state__in=("proposed", "agreed"))
    stand = set(kept.values_list("partner_urn", "lead_urn"))
    new = re_matched(late, **WHO)
    assert preview(new).broken == ()
    assert set(matched(new)) == stand, "no hub has a place for long enough for anybody new"
    assert any(
        "places are counted over the terms from then" in each for each in new.record["notes"]
    )
    publish(new, reason="Re-matched", by="ada", at=timezone.now(), place="tests")
    assert set(kept.values_list("partner_urn", "lead_urn")) == stand


def test_counted_over_the_terms_of_the_plan_it_would_be_refused_again_and_again(
    late: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "days_of", lambda *_, **__: (datetime.date.min, {}))
    for _ in range(2):
        new = re_matched(late, **WHO)
        assert newly_placed(new, late)
        with pytest.raises(Conflict, match=r"places at the hub in the .* are taken"):
            publish(new, reason="Re-matched", by="ada", at=timezone.now(), place="tests")


@pytest.mark.parametrize("is_counted", [True, False])
def test_a_round_that_is_run_again_late_counts_them_so_too(
    late: Round, monkeypatch: pytest.MonkeyPatch, *, is_counted: bool
) -> None:
    if not is_counted:
        monkeypatch.setattr(rounds, "first_day", lambda *_, **__: datetime.date.min)
    order = {"programme_id": PROGRAMME, "cohort_id": late.cohort_id, "snapshot": late.snapshot_id}
    work = ask("round", order, **WHO)
    doing.do(work.pk, clock=timezone.now)
    work.refresh_from_db()
    new = Round.objects.get(pk=work.result["round"])
    too_full = [each for each in preview(new).broken if "places at the hub in the" in each.why]
    assert bool(too_full) == (not is_counted)
