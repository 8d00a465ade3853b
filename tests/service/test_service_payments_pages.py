"""The pages of money: declare, check, pay in five pages, read a statement, set a budget."""

import datetime
import hashlib
import html
import io
import itertools
import re
import types
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commands import schoolhubs
from paid import (
    LEAD,
    PAYS,
    awarded,
    bank,
    confirmed,
    handed_over,
    partnership,
    prepared,
    schools,
)
from schoolhubs import funding, programmes
from schoolhubs.service import clock
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.funding.models import Declaration, KeptAward
from schoolhubs.service.funding.pages.shown import Money
from schoolhubs.service.funding.paying.models import Payment, PaymentRun
from schoolhubs.service.letters.models import Letter
from schoolhubs.vocabulary.money import in_pounds
from signing import signed_in

pytestmark = pytest.mark.django_db
ONE, TWO = "900001", "900002"
MANY = [f"9001{n:02d}" for n in range(8)]
FULL = 360_000
MOST_QUERIES = 15


@pytest.fixture(autouse=True)
def _schools() -> None:
    schools(ONE, TWO, *MANY)


def words(answer: Any) -> str:
    text = re.sub(r"<(script|style).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def head(urn: str = ONE) -> Any:
    return signed_in(Role.PARTNER_SCHOOL_HEAD, urn=urn)


def test_a_school_declares_and_the_office_checks_before_a_payment() -> None:
    one = partnership(ONE)
    client, page = head(), f"/schools/{ONE}/money"
    found = words(client.get(page))
    assert "End of the first year" in found
    assert "To be declared" in found
    here = f"{page}/{one.pk}/first_year"
    assert client.post(here).status_code == 302
    told = {"on_day": "3", "on_month": "10", "on_year": "2022", "half_days": "20",
            "what": "Training", "by_whom": "All", "evidence": "Minutes"}  # fmt: skip
    outside = client.post(f"{here}/day", {**told, "on_year": "2024", "version": "1"})
    assert "The day must be from 1 September 2022 to 31 August 2023" in words(outside)
    for version in ("1", "2"):
        assert client.post(f"{here}/day", {**told, "version": version}).status_code == 302
    used = {"travel": "100", "backfill": "1,250.50", "plan": "", "version": "3"}
    assert client.post(f"{here}/use", used).status_code == 302
    assert client.post(f"{here}/declare", {"sure": "yes", "version": "4"}).status_code == 302
    made = Declaration.objects.get()
    assert (made.state, made.backfill_pence, made.used_pence) == ("declared", 125_050, 135_050)
    officer = signed_in(Role.OFFICE_CASEWORKER, subject="officer-1")
    assert "waits to be checked" in words(officer.get("/work"))
    case = f"/office/money/declarations/{made.pk}"
    assert "£3,600.00 at this milestone" in words(officer.get(case))
    no = officer.post(case, {"verdict": "no", "version": "5"})
    assert "Enter what has to be corrected" in words(no)
    assert officer.post(case, {"verdict": "yes", "version": "5"}).status_code == 302
    assert KeptAward.objects.get().amount_pence == FULL
    assert "Checked" in words(client.get(here)) or "To be paid" in words(client.get(here))
    assert officer.post(case, {"verdict": "yes", "version": "5"}).status_code == 409


def test_a_payment_run_is_approved_in_five_pages() -> None:
    awarded(partnership(ONE), half_days=40)
    maker = signed_in(Role.FINANCE_MAKER, subject="maker-1")
    new = f"/office/money/programmes/{PAYS}/run"
    assert "1 payment of £3,600.00" in words(maker.get(new))
    today = clock.day()
    day = {"pay_on_day": today.day, "pay_on_month": today.month, "pay_on_year": today.year}
    assert maker.post(new, day).status_code == 302
    run = PaymentRun.objects.get()
    assert maker.post(new, day).headers["Location"] == f"/office/money/runs/{run.pk}", (
        "pressed twice"
    )
    own = maker.get(f"/office/money/runs/{run.pk}")
    assert "You prepared it, so somebody else agrees it" in words(own)
    assert "You prepared this run already. Nothing more was done." in words(own)
    checker = signed_in(Role.FINANCE_CHECKER, subject="checker-1")
    pages = ["/work", "/office/money/runs", f"/office/money/runs/{run.pk}"]
    pages += [f"/office/money/runs/{run.pk}/payments", f"/office/money/runs/{run.pk}/agree"]
    for at, following in itertools.pairwise(pages):
        shown = checker.get(at).content.decode()
        if at.endswith("/payments"):  # back to the run, which leads on
            continue
        assert re.search(rf"href=['\"]{following}['\"]", shown), (at, following)
    agreed = checker.post(pages[-1], {"version": run.version})
    assert agreed.status_code == 302
    assert checker.post(pages[-1], {"version": run.version}).status_code == 302, "pressed twice"
    assert "You agreed this run already." in words(checker.get(f"/office/money/runs/{run.pk}"))
    assert len(pages) == 5
    run.refresh_from_db()
    assert run.state == "agreed"
    file = checker.get(f"/office/money/runs/{run.pk}/file")
    assert hashlib.sha256(file.content).hexdigest() == run.file_hash
    assert run.file_name in file.headers["Content-Disposition"]
    run.refresh_from_db()
    maker.post(f"/office/money/runs/{run.pk}/hand-over", {"version": run.version})
    broken = SimpleUploadedFile("c.csv", b"reference\n")
    said = words(maker.post(f"/office/money/runs/{run.pk}/confirmation", {"file": broken}))
    assert "Nothing of the file was taken" in said
    answer = SimpleUploadedFile("c.csv", bank(run))
    sent = maker.post(f"/office/money/runs/{run.pk}/confirmation", {"file": answer})
    assert sent.status_code == 302, words(sent)
    assert "agrees with the run to the penny" in words(maker.get(f"/office/money/runs/{run.pk}"))
    assert Letter.objects.get(kind="payment_made").facts["amount"] == "£3,600.00"


def test_a_statement_says_the_same_to_the_penny_as_the_command(tmp_path: Path) -> None:
    awarded(partnership(ONE), half_days=40)
    awarded(partnership(TWO), half_days=20)
    confirmed(handed_over(prepared()))
    page = f"/schools/{TWO}/money/statement"
    client = head(TWO)
    found = words(client.get(page, {"period": "2022/23"}))
    amount = Payment.objects.get(payee=f"school:{TWO}").amount_pence
    assert in_pounds(amount) in found
    rows = client.get(f"{page}.csv", {"period": "2022/23"}).content.decode().splitlines()
    last = [str(amount), str(amount), "0", "0", '""', "0"]
    assert rows[1].split(",")[-6:] == last
    book = client.get(f"{page}.xlsx", {"period": "2022/23"})
    assert zipfile.ZipFile(io.BytesIO(book.content)).testzip() is None
    pdf = client.get(f"{page}.pdf", {"period": "2022/23"})
    assert pdf.content.startswith(b"%PDF")
    assert client.get(page, {"period": "soon"}).status_code == 404
    office = signed_in(Role.OFFICE_READ)
    folder = tmp_path / "records.zip"
    folder.write_bytes(office.get(f"/office/money/programmes/{PAYS}/records.zip").content)
    told = schoolhubs(
        "funding", "statement", "--programme", PAYS, "--records", folder, "--period", "2022/23"
    )
    lines = {each["payee_id"]: each for each in told["lines"]}
    assert lines[TWO]["paid_pence"] == lines[TWO]["awarded_pence"] == amount
    assert lines[ONE]["paid_pence"] == FULL
    assert told["books"]["difference_pence"] == 0


def test_rise_says_that_it_pays_partners_nothing_and_leads_see_their_pay() -> None:
    partnership(
        ONE, programme_id="rise-hubs-2025", pathway="enhanced", cohort_id="2025-26-autumn",
        starts_on=datetime.date(2025, 9, 1), finishes_on=datetime.date(2026, 9, 1),
    )  # fmt: skip
    assert "pays partners nothing" in words(head().get(f"/schools/{ONE}/money"))
    statement = words(head().get(f"/schools/{ONE}/money/statement"))
    assert "pays partners nothing (assumed: none was found)" in statement
    lead = signed_in(Role.LEAD_SCHOOL, urn=LEAD)
    found = words(lead.get(f"/schools/{LEAD}/money"))
    assert "leading School 900001" in found
    assert "not published" in words(lead.get(f"/schools/{LEAD}/money/statement"))


def test_the_money_of_many_partnerships_is_shown_in_few_queries() -> None:
    money = programmes.load("rise-hubs-2025").money(datetime.date(2025, 9, 1))
    assert money.lead_pay is not None
    for urn in MANY:
        partnership(
            urn, programme_id="rise-hubs-2025", pathway="enhanced", cohort_id="2025-26-autumn",
            starts_on=datetime.date(2025, 9, 1), finishes_on=datetime.date(2026, 9, 1),
        )  # fmt: skip
    lead = signed_in(Role.LEAD_SCHOOL, urn=LEAD)
    for page in (f"/schools/{LEAD}/money", f"/schools/{LEAD}/money/statement"):
        lead.get(page)
        with CaptureQueriesContext(connection) as asked:
            assert lead.get(page).status_code == 200
        assert len(asked) <= MOST_QUERIES, "\n".join(
            each["sql"][:70] + ".." + each["sql"].partition("FROM")[2][:60] for each in asked
        )


def test_the_budget_sets_scenarios_side_by_side() -> None:
    awarded(partnership(ONE), half_days=40)
    confirmed(handed_over(prepared()))
    office = signed_in(Role.OFFICE_READ)
    page = f"/office/money/programmes/{PAYS}/budget"
    found = words(office.get(page))
    assert "£3,600.00 is paid" in found
    assert "× 3 years" in found
    assert "in 3 years at" in found
    drawn = office.get(page).content.decode().partition("<svg")[2].partition("</svg>")[0]
    assert "£3,600.00" in drawn, "to the penny in the picture too"
    special, on = programmes.load("special-ap-hubs-example"), clock.day()
    plan = funding.budgets.as_planned(special.as_at(on), special.money(on))
    fits = funding.budgets.afford(plan, special.money(on)).is_affordable
    found = words(office.get(f"/office/money/programmes/{special.programme_id}/budget"))
    assert ("The plan of the definition costs" in found) is not fits, "told plainly, by rule"
    rise = "/office/money/programmes/rise-hubs-2025/budget"
    found = words(office.get(rise, {"scenario": ["90x60", "93x60@250", "soon"]}))
    assert "£1,500,000.00 is £277.78 a day" in found
    assert "There is a problem" in found
    assert office.get(f"{page}.csv").content.startswith(b"by,name,partnerships")
    assert office.get(f"{page}.xlsx").status_code == 200


def test_somebody_of_another_school_reads_no_money_of_a_trust_or_school() -> None:
    one = partnership(ONE)
    assert head(TWO).get(f"/schools/{ONE}/money").status_code == 404
    assert head(TWO).get(f"/schools/{ONE}/money/{one.pk}/first_year").status_code == 404
    assert head(TWO).get(f"/schools/{TWO}/money/{one.pk}/first_year").status_code == 404


def test_payments_drawn_by_lot_are_the_same_whoever_draws_and_say_what_they_showed() -> None:
    awarded(partnership(ONE), half_days=40)
    run = handed_over(prepared())
    checker = signed_in(Role.FINANCE_CHECKER, subject="checker-1")
    assert checker.post(f"/office/money/runs/{run.pk}/draw").status_code == 302
    assert checker.post(f"/office/money/runs/{run.pk}/draw").status_code == 409
    sampled = Payment.objects.get().sampled
    of_both = hashlib.sha256((run.file_hash + run.lot).encode()).hexdigest()
    assert (sampled.seed, len(run.lot)) == (of_both[:12], 32)
    page = f"/office/money/samples/{sampled.pk}"
    assert "Enter what was seen" in words(checker.post(page, {"verdict": "yes", "version": 1}))
    said = {"verdict": "yes", "found": "Minutes", "version": 1}
    assert checker.post(page, said).status_code == 302
    assert checker.post(page, said).status_code == 409
    sampled.refresh_from_db()
    assert (sampled.state, sampled.found) == ("shown", "Minutes")


def test_the_page_of_a_run_shows_the_digest_that_anybody_gets_of_its_payment_file() -> None:
    awarded(partnership(ONE), half_days=40)
    run = handed_over(prepared())
    shown = words(signed_in(Role.FINANCE_CHECKER, subject="checker-1").get(
        f"/office/money/runs/{run.pk}"
    ))  # fmt: skip
    assert hashlib.sha256(bytes(run.file or b"")).hexdigest() == run.file_hash
    assert run.file_hash in shown
    told = AuditEntry.objects.get(action="payment_run.agree").details
    assert told["file"] == run.file_hash


def test_the_command_reads_the_payment_file_that_was_handed_over_and_no_other(
    tmp_path: Path,
) -> None:
    awarded(partnership(ONE), half_days=40)
    run = handed_over(prepared())
    file, said = tmp_path / "run.csv", tmp_path / "confirmed.csv"
    said.write_bytes(bank(run))
    told = ("funding", "reconcile", "--run", file, "--confirmation", said)
    file.write_bytes(bytes(run.file or b""))
    found = schoolhubs(*told)
    assert (found["agrees"], found["run_pence"]) == (True, run.total_pence)
    assert found["run_sha256"] == hashlib.sha256(bytes(run.file or b"")).hexdigest()
    file.write_bytes(bytes(run.file or b"").replace(b"3600.00", b"3600.01"))
    (problem,) = schoolhubs(*told, code=3)["problems"]
    assert problem["code"] == "changed"


@pytest.mark.parametrize(
    ("states", "is_quiet"),
    [(("paid", "not_due", "nothing"), True), (("paid", "to_declare"), False), (("lapsed",), False)],
)
def test_a_payment_to_come_or_to_declare_is_never_folded_away(
    states: tuple[str, ...], is_quiet: bool
) -> None:
    lines: Any = tuple(types.SimpleNamespace(state=each) for each in states)
    facts: Any = types.SimpleNamespace(closed=lambda _side: ())
    assert Money(facts=facts, side="lead", lines=lines).is_quiet is is_quiet
