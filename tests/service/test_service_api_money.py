"""Training, tasks, awards, statements, budgets and runs through the API: what the pages say."""

import io
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from commands import schoolhubs
from delivering import together
from invented import facts, register
from keyed import Program, program
from paid import LEAD, PAYS, awarded, confirmed, handed_over, partnership, prepared, schools
from schoolhubs.service.accounts.models import Organisation
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.api import interface
from schoolhubs.service.funding.paying.models import PaymentRun
from signing import signed_in
from teaching import leader, running

pytestmark = pytest.mark.django_db
ONE, TWO = "900001", "900002"
CSV = {"HTTP_ACCEPT": "text/csv"}


def asker(urn: str = "", kind: str = "school") -> Program:
    found, _ = Organisation.objects.get_or_create(
        sign_in_id=f"{kind}-{urn}", defaults={"kind": kind, "urn": urn, "name": f"{kind} {urn}"}
    )
    return program(found)


def rows(content: bytes) -> list[dict[str, Any]]:
    return pl.read_csv(io.BytesIO(content), infer_schema=False).fill_null("").to_dicts()


def test_training_owed_says_the_same_by_page_csv_and_api() -> None:
    register(facts(ONE), facts(LEAD), leads=(LEAD,))
    running(ONE, LEAD)
    leader(ONE)
    ours = asker(ONE)
    told = ours.get(f"/api/v1/training/{ONE}").json()
    page = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=ONE)
    saved = rows(page.get(f"/schools/{ONE}/training.csv").content)
    assert rows(ours.get(f"/api/v1/training/{ONE}", **CSV).content) == saved
    assert len(saved) == len(told["rows"])
    listed = asker(LEAD).get("/api/v1/training").json()["items"]
    assert [(each["urn"], each["tally"]) for each in listed] == [(ONE, told["tally"])]
    assert told["tally"]["n_required"] > 0


def test_tasks_and_who_is_stuck_are_those_of_the_pages() -> None:
    register(facts(ONE), facts(LEAD), leads=(LEAD,))
    one = together(ONE, LEAD)
    lead = asker(LEAD)
    told = lead.get(f"/api/v1/partnerships/{one.pk}/tasks").json()
    page = signed_in(Role.LEAD_SCHOOL, urn=LEAD)
    shown = page.get(f"/partnerships/{one.pk}/terms").content.decode()
    assert told["tasks"]
    assert [each["title"] for each in told["tasks"] if each["title"] not in shown] == []
    stuck = lead.get("/api/v1/stuck").json()["items"]
    saved = rows(page.get("/stuck.csv").content)
    assert saved
    assert [
        (each["partner_urn"], each["since"], each["whose_turn"], "; ".join(each["reasons"]))
        for each in stuck
    ] == [
        (each["partner_urn"], each["since"], each["whose_turn"], each["reasons"]) for each in saved
    ]
    assert asker(ONE).get("/api/v1/stuck").json()["items"] == [], "a partner leads nobody"


def test_a_statement_says_the_same_by_page_csv_api_and_command(tmp_path: Path) -> None:
    schools(ONE, TWO)
    awarded(partnership(ONE), half_days=40)
    awarded(partnership(TWO), half_days=20)
    confirmed(handed_over(prepared()))
    ours, page = asker(TWO), signed_in(Role.PARTNER_SCHOOL_HEAD, urn=TWO)
    at = f"/api/v1/money/{TWO}/statement?period=2022/23"
    told = ours.get(at).json()
    saved = page.get(f"/schools/{TWO}/money/statement.csv", {"period": "2022/23"}).content
    assert rows(ours.get(at, **CSV).content) == rows(saved)
    folder = tmp_path / "records.zip"
    office = signed_in(Role.OFFICE_READ)
    folder.write_bytes(office.get(f"/office/money/programmes/{PAYS}/records.zip").content)
    by_command = schoolhubs(
        "funding", "statement", "--programme", PAYS, "--records", folder, "--period", "2022/23"
    )
    names = ("milestone", "due_on", "state", "awarded_pence", "paid_pence", "due_pence")
    lines = [each for each in by_command["lines"] if each["payee_id"] == TWO]
    assert [[each[name] for name in names] for each in told["lines"]] == [
        [each[name] for name in names] for each in lines
    ]
    assert told["paid_pence"] == sum(each["paid_pence"] for each in lines) > 0
    awards = ours.get(f"/api/v1/money/{TWO}").json()
    assert awards["paid_pence"] == told["paid_pence"]
    for each in awards["awards"]:
        assert sum(line["amount_pence"] for line in each["working"]) == each["amount_pence"]
    assert ours.get(f"/api/v1/money/{TWO}/statement?period=soon").status_code == 404


def test_a_budget_and_a_run_say_the_same_and_no_program_agrees_a_payment() -> None:
    schools(ONE, TWO)
    awarded(partnership(ONE), half_days=40)
    confirmed(handed_over(prepared()))
    office, page = asker("", "office"), signed_in(Role.OFFICE_READ)
    at = f"/api/v1/programmes/{PAYS}/budget"
    told = office.get(at).json()
    saved = page.get(f"/office/money/programmes/{PAYS}/budget.csv").content
    assert rows(office.get(at, **CSV).content) == rows(saved)
    whole = told["parts"][0]
    assert told["free_pence"] == told["envelope_pence"] - whole["committed_pence"]
    run = PaymentRun.objects.get()
    (listed,) = office.get("/api/v1/payment-runs").json()["items"]
    assert listed == office.get(f"/api/v1/payment-runs/{run.pk}").json()
    payments = office.get(f"/api/v1/payment-runs/{run.pk}/payments").json()["items"]
    assert sum(each["amount_pence"] for each in payments) == listed["total_pence"]
    assert (listed["file_hash"], listed["state"]) == (run.file_hash, "paid")
    paths = interface.document()["paths"]
    about = [path for path in paths if "payment-runs" in path or "/money/" in path]
    assert len(about) == 5
    assert all(set(paths[path]) == {"get"} for path in about)
