"""A re-match on real rounds: a hub that stepped down and a parted pair, and little else changed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from invented import PROGRAMME
from rematching import published, re_matched
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.jobs.actions import ask
from schoolhubs.service.jobs.kinds import KINDS
from schoolhubs.service.matching.models import HubLoad, Placement, Round
from schoolhubs.service.matching.publishing import publish
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships import actions
from schoolhubs.service.partnerships.models import Objection, Partnership
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.progress import quiet
from signing import signed_in

pytestmark = pytest.mark.django_db


def leaves(urn: str, **who: Any) -> None:
    ours = Application.objects.get(programme_id=PROGRAMME, urn=urn)
    actions.leave(ours, "withdrawn", reason="", version=ours.version, **who)


def test_a_re_match_serves_the_displaced_and_moves_nobody_who_agreed(small_england: Path) -> None:
    round_ = published(small_england)
    who: dict[str, Any] = {
        "by": "ada", "organisation": "office:1", "at": timezone.now(), "place": "tests"
    }  # fmt: skip
    first, second = list(
        Partnership.objects.order_by("lead_urn").values_list("lead_urn", flat=True).distinct()[:2]
    )
    stays, parted = list(Partnership.objects.filter(lead_urn=second).order_by("pk")[:2])
    for side in ("partner", "lead"):
        stays = actions.answer(stays, side=side, says="accepts", version=stays.version, **who)
    parted = actions.answer(
        parted, side="lead", says="objects", reasons=["fit"], version=parted.version, **who
    )
    actions.decide(Objection.objects.get(), is_upheld=True, reason="Right", **who)
    displaced = set(
        Partnership.objects.filter(lead_urn=first).values_list("partner_urn", flat=True)
    )
    actions.step_down(Hub.objects.get(programme_id=PROGRAMME, lead_urn=first),
                      on=timezone.localdate(), reason="Too much", **who)  # fmt: skip
    new = re_matched(round_, **who)
    assert "places of" not in new.record["notes"][0], "no hub said anything about its places"
    now = dict(Placement.objects.filter(round=new).values_list("urn", "lead_urn"))
    assert first not in now.values()
    assert now[parted.partner_urn] != second
    before = dict(Placement.objects.filter(round=round_).values_list("urn", "lead_urn"))
    others = {urn for urn in before if before[urn] and urn not in displaced}
    moved = {urn for urn in others - {parted.partner_urn} if now.get(urn) != before[urn]}
    # Whoever could stay did, but where more need is served by a move, to a place elsewhere.
    assert stays.partner_urn not in moved
    assert len(moved) == new.record["rematch"]["moved_others"] < len(displaced)
    assert all(now[urn] for urn in moved)
    told = {row["urn"] for row in new.record["rematch"]["changes"]}
    assert {*displaced, parted.partner_urn, *moved} <= told
    publish(new, by="ada", at=timezone.now(), place="tests", reason="Re-matched")
    stays.refresh_from_db()
    assert (stays.state, stays.lead_urn) == ("agreed", second)
    live = Partnership.objects.filter(state__in=("proposed", "agreed"))
    assert not live.filter(lead_urn=first).exists()
    assert not live.filter(partner_urn=parted.partner_urn, lead_urn=second).exists()


def test_applicants_who_left_are_left_out_and_places_of_today_are_held(small_england: Path) -> None:
    round_ = published(small_england)
    who: dict[str, Any] = {
        "by": "ada", "organisation": "office:1", "at": timezone.now(), "place": "tests"
    }  # fmt: skip
    full = HubLoad.objects.filter(round=round_, n_matched__gte=2).order_by("lead_urn")[0]
    # One place on this pathway, and by the definition on the other: two changes of one hub.
    Hub.objects.filter(programme_id=PROGRAMME, lead_urn=full.lead_urn).update(
        places={full.pathway: 1}
    )
    elsewhere = Placement.objects.filter(round=round_, outcome="matched")
    left = elsewhere.exclude(lead_urn=full.lead_urn).order_by("urn")[0].urn
    leaves(left, **who)
    new = re_matched(round_, **who)
    assert not Placement.objects.filter(round=new, urn=left).exists()
    load = HubLoad.objects.get(round=new, lead_urn=full.lead_urn, pathway=full.pathway)
    assert (load.n_places, load.n_matched) == (1, 1)
    told = new.record["notes"][0]
    assert "the places of 1 hub changed" in told
    assert told.endswith("1 school takes part no longer.")
    # What the office reads of it: the sentence, and the school as one that the round has not.
    page = signed_in(Role.OFFICE_READ).get(f"/office/rounds/{new.pk}").content.decode()
    assert "1 school takes part no longer" in page
    rows = signed_in(Role.OFFICE_READ).get(f"/office/rounds/{new.pk}?as=schools").content.decode()
    assert [row.split(",")[0] for row in rows.splitlines() if "not in the round" in row] == [left]
    publish(new, by="ada", at=timezone.now(), place="tests", reason="Re-matched")
    live = Partnership.objects.filter(state__in=("proposed", "agreed"))
    assert not live.filter(partner_urn=left).exists()
    assert live.filter(lead_urn=full.lead_urn, pathway=full.pathway).count() == 1


def test_a_re_match_of_what_changed_meanwhile_is_not_kept(small_england: Path) -> None:
    round_ = published(small_england)
    who: dict[str, Any] = {
        "by": "ada", "organisation": "office:1", "at": timezone.now(), "place": "tests"
    }  # fmt: skip
    work = ask("rematch", {"programme_id": PROGRAMME, "cohort_id": round_.cohort_id}, **who)
    effect = KINDS["rematch"].work_out(work, quiet)
    one = Partnership.objects.order_by("pk")[0]

    def agrees() -> None:
        held = one
        for side in ("partner", "lead"):
            held = actions.answer(held, side=side, says="accepts", version=held.version, **who)

    def is_parted() -> None:
        actions.answer(one, side="lead", says="objects", reasons=["fit"], version=1, **who)
        actions.decide(Objection.objects.get(), is_upheld=True, reason="Right", **who)

    def changes_places() -> None:
        Hub.objects.filter(lead_urn=one.lead_urn).update(places={one.pathway: 1})

    meanwhile: dict[str, Callable[[], object]] = {
        "A partnership": agrees,
        "An application": lambda: leaves(one.partner_urn, **who),
        "A pair that an objection keeps apart": is_parted,
        "A hub": changes_places,
    }
    for said, change in meanwhile.items():
        with transaction.atomic():
            change()
            with pytest.raises(Conflict, match=f"^{said} changed while the re-match"):
                effect()
            assert Round.objects.count() == 1
            transaction.set_rollback(True)
    effect()
    assert Round.objects.count() == 2, "nothing changed, so it is kept"
