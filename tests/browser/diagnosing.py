"""One school's people for the way from a match to a first review, and all who answer its surveys.

They are of a school that no other journey comes to: an Enhanced pair that neither side answered.
"""

import concurrent.futures
import csv
import datetime
import io
import json
import re
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl

import surveying
from browser.looking import Visitor
from browser.places import HEAD, PROGRAMME
from browser.serving import Service, numbers_of
from schoolhubs import diagnosis

N_PUPILS, N_STAFF = 300, 40
SENDERS = 8
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


def pupils(years: Sequence[str]) -> pl.DataFrame:
    """Draw what 300 pupils answer: lessons begin badly, the rest is middling."""
    rng = np.random.default_rng(7)
    groups = {
        "year_group": rng.choice(list(years), N_PUPILS),
        "sex": rng.choice(["female", "male"], N_PUPILS),
        "fsm": rng.choice(["yes", "no"], N_PUPILS, p=[0.25, 0.75]),
    }  # fmt: skip
    asked = diagnosis.instrument("pupil-survey")
    drawn = surveying.answered(asked, rng.normal(size=N_PUPILS), seed=11, **groups)
    return drawn.with_columns(pl.col("lessons_began_well", "knew_what_to_do").clip(1, 2))


def staff() -> pl.DataFrame:
    """Draw what 40 of staff answer: they see it more brightly than pupils do."""
    rng = np.random.default_rng(8)
    roles = np.repeat(["leader", "teacher", "support", "other"], [8, 16, 8, 8])
    asked = diagnosis.instrument("staff-survey")
    return surveying.answered(asked, 0.8 + rng.normal(size=N_STAFF), seed=12, role=roles)


def fields(row: Mapping[str, Any], instrument_id: str, groups: Sequence[str]) -> dict[str, str]:
    """Give what somebody's browser sends: each item by its field, and each group."""
    items = [each.name for each in diagnosis.instrument(instrument_id).items]
    told = {f"item_{name}": "" if row[name] is None else str(row[name]) for name in items}
    return told | {f"group_{name}": str(row[name]) for name in groups}


def send(service: Service, codes: Sequence[str], told: Sequence[Mapping[str, str]]) -> list[str]:
    """Send answers by several threads, each by its code; give the address each was led to."""

    def one(code: str, form: Mapping[str, str]) -> str:
        address = f"{service.url}/surveys/answer/{code.replace('-', '')}/questions"
        sent = urllib.request.Request(address, data=urllib.parse.urlencode(form).encode())
        with urllib.request.urlopen(sent, timeout=60) as answer:
            return str(answer.url)

    with concurrent.futures.ThreadPoolExecutor(SENDERS) as senders:
        return list(senders.map(one, codes, told))


def roll(drawn: pl.DataFrame, groups: Sequence[str]) -> str:
    """Give who was asked as CSV: two more of each group than answered."""
    rows = drawn.group_by(list(groups), maintain_order=True).len("n_asked").sort(list(groups))
    return rows.with_columns(pl.col("n_asked") + 2).write_csv()


def answers_file(drawn: pl.DataFrame, instrument_id: str, groups: Sequence[str]) -> str:
    """Write answers as the file that ``schoolhubs survey score`` reads."""
    items = [each.name for each in diagnosis.instrument(instrument_id).items]
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow([*groups, *items])
    writer.writerows(drawn.select(*groups, *items).rows())
    return held.getvalue()


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
