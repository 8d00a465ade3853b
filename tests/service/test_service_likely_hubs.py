"""Is my school eligible? The hubs nearest are shown where it may join, or may turn out to."""

import pytest

from invented import PROGRAMME, facts, register
from keyed import Program
from watchful import WatchfulClient

NEAR = "Hubs nearest to this school"
CAREFUL = "We cannot tell yet whether this school may join"
LEAD = facts("900010", lat=50.8)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "verdicts", "is_shown", "is_careful"),
    [
        ({}, {"yes"}, True, False),
        ({"region": None, "absence_percent": None}, {"cannot tell", "no"}, True, True),
        ({"is_open": False}, {"no"}, False, False),
    ],
)
def test_hubs_and_minutes_stand_wherever_the_school_could_join(
    changes: dict[str, object], verdicts: set[str], is_shown: bool, is_careful: bool
) -> None:
    register(facts("900001", **changes), LEAD, leads=("900010",))
    said = Program().get(f"/api/v1/eligibility/900001?programme_id={PROGRAMME}").json()
    (programme,) = said["programmes"]
    told = {each["verdict"] for each in programme["pathways"]}
    assert told & verdicts == told
    assert ("cannot tell" in told and "yes" not in told) == is_careful
    page = WatchfulClient().get("/eligibility/900001").content.decode()
    section = page.split(f'id="{PROGRAMME}"')[1].split("</section>")[0]
    assert (NEAR in section, CAREFUL in section) == (is_shown, is_careful)
    assert ("School 900010 (URN 900010): about" in section) == is_shown
    assert [each["lead_urn"] for each in programme["hubs"]] == ["900010"] * is_shown
