"""A small England in use, its applications sent, and rounds of them: for tests of rounds."""

import datetime
import html
import html.parser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db.models import F
from django.utils import timezone

from schoolhubs import eligibility, files, programmes, schools
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.jobs import doing
from schoolhubs.service.jobs.actions import ask
from schoolhubs.service.jobs.models import State
from schoolhubs.service.matching.models import Round
from schoolhubs.service.schools.actions import keep_register, make_current
from schoolhubs.service.schools.models import RegisterSnapshot

AT = datetime.datetime(2026, 2, 1, 9, tzinfo=datetime.UTC)
ON = datetime.date(2026, 2, 1)
WHO: dict[str, Any] = {"by": "=ada", "organisation": "office:1", "at": AT, "place": "tests"}
LISTS = ("edubasealldata", "links_", "ees_absence_3term_2024", "academiesmat")


def in_use(england: Path, *, lists: tuple[str, ...] = LISTS) -> RegisterSnapshot:
    """Build the register of an England from some of its files, and let every page read it."""
    found = [path for path in sorted(england.iterdir()) if path.name.startswith(lists)]
    register = schools.build([files.read(path) for path in found], on=ON)
    snapshot = keep_register(register, at=AT)
    make_current(snapshot)
    return snapshot


def applied_to(programme_id: str, england: Path, snapshot: RegisterSnapshot) -> None:
    """Store the England's applications to a programme as sent, and found to be eligible."""
    rules = programmes.load(programme_id).as_at(snapshot.on)
    listed = files.read_list(england / "applications.csv", "applications")
    checked = eligibility.check_answers(listed, rules).applications
    asked = [each.question for each in rules.questions]
    made = []
    for n, ((urn,), rows) in enumerate(checked.group_by("urn", maintain_order=True), 1):
        first, wished = rows.row(0, named=True), [name for name in rows["pathway"] if name]
        answers = {name: first[name] for name in asked if first.get(name) is not None}
        made.append(
            Application(
                reference=f"T-{n:05d}", programme_id=programme_id, cohort_id=rules.cohort_id,
                urn=urn, state="submitted", pathways=wished, answers=answers, begun_at=AT,
                begun_by="head", submitted_at=AT, submitted_by="head", snapshot=snapshot,
                applied_on=first["applied_on"],
            )
        )  # fmt: skip
    Application.objects.bulk_create(made)
    Application.objects.filter(programme_id=programme_id).update(
        state="eligible", version=F("version") + 1
    )


def run(order: Mapping[str, Any]) -> Round:
    """Have a round worked out, and give it."""
    work = ask("round", order, **WHO)
    doing.do(work.pk, clock=timezone.now)
    work.refresh_from_db()
    assert work.state == State.DONE, work.fault
    return Round.objects.get(pk=work.result["round"])


class _Fields(html.parser.HTMLParser):
    """Reads what a page's form would send as it stands, its buttons apart."""

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        kind = told.get("type") or "text"
        is_choice = kind in {"radio", "checkbox"} and "checked" not in told
        if tag == "input" and told.get("name") and not is_choice:
            self.held[str(told["name"])] = told.get("value") or ""


def fields_of(page: Any) -> dict[str, str]:
    """Give what the form of a page would send, with what stands in it."""
    reader = _Fields()
    reader.feed(page.content.decode())
    return {name: value for name, value in reader.held.items() if name != "csrfmiddlewaretoken"}


def text_of(page: Any) -> str:
    """Give a page's own source with its entities read."""
    return html.unescape(page.content.decode())
