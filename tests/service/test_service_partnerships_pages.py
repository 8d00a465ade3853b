"""The pages on which a match is answered keep what was typed, and give their figures to take."""

import csv
import io
import re

import pytest

from invented import PROGRAMME, facts, register
from partnering import LEAD, a_round, applied, of, published, world
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.letters.kinds import kinds
from schoolhubs.service.partnerships import actions
from schoolhubs.service.partnerships.models import Objection
from signing import signed_in

URN = "900001"
MATCH = f"/programmes/{PROGRAMME}/schools/{URN}/match"
WORDS = "Our new head starts at Easter."


@pytest.mark.django_db
def test_an_objection_to_what_changed_meanwhile_keeps_its_words() -> None:
    world({URN: LEAD})
    sent = {"version": of(URN).version - 1, "reasons": ["timing"], "words": WORDS}
    answer = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=URN).post(f"{MATCH}/does-not-work", sent)
    assert answer.status_code == 409
    assert WORDS in answer.content.decode()
    assert not Objection.objects.exists()


@pytest.mark.django_db
def test_a_verdict_on_what_was_decided_meanwhile_keeps_its_reason() -> None:
    world({URN: LEAD})
    one = of(URN)
    said = {"by": "head", "organisation": "school:1", "at": one.proposed_at, "place": "/match"}
    actions.answer(
        one, side="partner", says="objects", reasons=("timing",), reason="", version=one.version,
        **said,
    )  # fmt: skip
    objection = Objection.objects.get()
    actions.decide(objection, is_upheld=False, reason="It can start later.", **said)
    answer = signed_in(Role.OFFICE_CASEWORKER).post(
        f"/office/objections/{objection.pk}", {"verdict": "yes", "reason": WORDS}
    )
    assert answer.status_code == 409
    assert WORDS in answer.content.decode()


@pytest.mark.django_db
def test_the_figures_of_a_matchs_map_are_a_file_too() -> None:
    where = ((URN, 300_000.0), (LEAD, 310_000.0))
    places = [facts(urn, easting=easting, northing=90_000.0) for urn, easting in where]
    snapshot = register(*places, leads=(LEAD,))
    applied(snapshot, [URN])
    published(a_round(snapshot, {URN: LEAD}))
    client = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=URN)
    page = client.get(MATCH).content.decode()
    link = re.search(r'href="(\?as=map[^"]*)">Download these figures', page)
    assert link is not None
    rows = list(csv.DictReader(io.StringIO(client.get(MATCH + link[1]).content.decode())))
    assert rows
    for cell in rows[0].values():
        assert f">{cell}<" in page, "file and page say the same"


@pytest.mark.django_db
def test_a_school_is_told_before_it_objects_which_reasons_part_the_two_for_good() -> None:
    world({URN: LEAD})
    page = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=URN).get(f"{MATCH}/does-not-work")
    lasting = re.search(r"in later intakes too:</p>(.*?)</ul>", page.content.decode(), re.S)
    assert lasting
    said = re.findall(r"<li>(.*?)</li>", lasting[1])
    assert said == [
        "there is a conflict of interest",
        "the schools share a trust, governors or leaders",
        "the phase, size or needs of the schools do not fit",
    ]
    assert (
        "nor in later ones where a reason that was given lasts" in kinds()["objection_upheld"].body
    )
