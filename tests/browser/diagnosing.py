"""One school's people for the way from a match to a first review, and all who answer its surveys.

They are of a school that no other journey comes to: an Enhanced pair that neither side answered.
"""

import datetime
import importlib.util
import json
import re
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from browser.looking import Visitor
from browser.places import HEAD, PROGRAMME
from browser.serving import Service, numbers_of

HOW_MANY = {"pupil-survey": 300, "staff-survey": 40}
ROLES = {
    "diagnosing_head": ("Ida Brackenfell", "partner_school_head"),
    "diagnosing_senco": ("Otto Windermarsh", "partner_school_leader"),
    "diagnosing_governor": ("Una Castlebeck", "partner_school_governor"),
    "diagnosing_lead": ("Wilf Merrowdale", "lead_school"),
}
PAIR = """
SELECT p.partner_urn || ' ' || p.lead_urn FROM partnerships_partnership p
JOIN schools_school s ON s.urn = p.partner_urn
WHERE p.programme_id = '{programme}' AND p.pathway = 'enhanced' AND p.state = 'proposed'
AND p.partner_says = '' AND p.lead_says = '' AND s.phase IN ('primary', 'secondary')
AND p.partner_urn NOT IN ({heads}) AND p.lead_urn NOT IN ({leads})
ORDER BY s.phase DESC, p.partner_urn
"""


def pair(service: Service) -> tuple[str, str]:
    """Give the URNs of a partner and its lead, whose match both have still to answer."""
    heads, leads = (
        ", ".join(f"'{urn}'" for urn in numbers_of(service, role)) for role in (HEAD, "lead_school")
    )
    found = service.ask(PAIR.format(programme=PROGRAMME, heads=heads, leads=leads))
    partner, lead = found.split()
    return partner, lead


def enrol(service: Service, partner: str, lead: str) -> None:
    """Write the people of both schools into the file of the local sign-in provider."""
    path = Path(service.folder) / "people.json"
    people: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    known = next(each for each in people if each["subject"] == f"demo-{HEAD.replace('_', '-')}")
    ours = [f"demo-{role.replace('_', '-')}" for role in ROLES]
    people = [each for each in people if each["subject"] not in ours]
    for subject, (name, role) in zip(ours, ROLES.values(), strict=True):
        urn = lead if role == "lead_school" else partner
        at = {**known["memberships"][0]["organisation"], "id": f"school-{urn}", "urn": urn,
              "name": f"School {urn}"}  # fmt: skip
        given, family = name.split()
        people.append(
            {"subject": subject, "given_name": given, "family_name": family,
             "email": f"{given}.{family}@example.org".lower(),
             "memberships": [{"organisation": at, "roles": [role]}]}
        )  # fmt: skip
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(people, indent=1), "utf-8")
    fresh.replace(path)


def script() -> ModuleType:
    """Give what the tutorial has people run, so that a test runs it too."""
    path = Path(__file__).resolve().parents[2] / "scripts" / "answer_a_survey.py"
    spec = importlib.util.spec_from_file_location("answer_a_survey", path)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def drawn(folder: Path, years: Sequence[str]) -> None:
    """Draw what 300 pupils and 40 of staff answer: lessons begin badly, to pupils above all."""
    for name, n in HOW_MANY.items():
        rows = ANSWERING.drawn(name, n, years=years, seed=7)
        ANSWERING.write(rows, name, folder / name)


def at(who: Visitor, name: str, role: Literal["button", "link"] = "button") -> None:
    """Press the first of what begins so, and wait for the page it leads to."""
    with who.page.expect_navigation():
        who.page.get_by_role(role, name=re.compile(f"^{name}")).first.click()


def day(who: Visitor, name: str, on: datetime.date) -> None:
    """Type a day into its three boxes."""
    for part in ("day", "month", "year"):
        who.page.locator(f"[name='{name}-{part}']").fill(str(getattr(on, part)))


def choose(who: Visitor, told: dict[str, str]) -> None:
    """Tick the radio button of each name whose value is told."""
    for name, value in told.items():
        who.page.locator(f"input[name='{name}'][value='{value}']").check()


def fetched(who: Visitor, address: str) -> bytes:
    """Give a file as the person before the page would download it."""
    answer = who.page.request.get(who.service.url + address)
    assert answer.status == 200, f"{address} answers {answer.status}"
    return answer.body()


ANSWERING = script()
