"""The command line says what the pages say, to the penny, of the records the office takes away."""

import csv
import datetime
import hashlib
import io
import re
from pathlib import Path
from typing import Any

import polars as pl

from browser.diagnosing import fetched
from browser.living import PROGRAMME, Cohort, door, today
from browser.paying import confirmation_of
from commands import schoolhubs
from schoolhubs import programmes

MONEY = ("awarded_pence", "paid_pence", "clawed_back_pence", "due_pence")
PAID_FOR = f"""
SELECT string_agg(DISTINCT period, ' ') FROM funding_keptaward WHERE programme_id = '{PROGRAMME}'
"""
Lines = dict[tuple[str, str, str, str], dict[str, int]]


def balanced(cohort: Cohort, content: bytes, folder: Path) -> None:
    """Statements, budget and the newest run: by command as by page; and the books balance."""
    folder.mkdir(exist_ok=True)
    on, records = today(cohort.clock), taken_away(cohort, folder)
    periods = periods_of(cohort)
    stated, books = by_command(records, periods, on)
    shown = by_page(cohort, periods)
    assert len(shown) >= len(cohort.heads) * len(periods)
    assert {key: stated.get(key) for key in shown} == shown
    # What was paid, and is still to be paid or to come back, is what was awarded: line by line.
    for key, line in shown.items():
        awarded, paid, back, due = (line[each] for each in MONEY)
        assert not paid or awarded == paid - back + due, (key, line)
    assert any(line["paid_pence"] for line in shown.values())
    reconciled(content, folder, on)
    within_the_envelope(cohort, records, books, on)


def taken_away(cohort: Cohort, folder: Path) -> Path:
    """Download the records of the programme from the page of runs, as a checker does."""
    door(cohort.checker, "Payment runs")
    link = cohort.checker.page.locator(f"main a[href*='{PROGRAMME}/records.zip']")
    path = folder / "records.zip"
    path.write_bytes(fetched(cohort.checker, str(link.get_attribute("href"))))
    return path


def periods_of(cohort: Cohort) -> list[str]:
    """Give the years of which some school has a statement; those paid before the cohort began."""
    head = cohort.heads[0]
    door(head, "Your money")
    links = head.page.get_by_role("link", name=re.compile("^Statement of")).all()
    found = [each.inner_text().removeprefix("Statement of ").strip() for each in links]
    return sorted({*found, *head.service.ask(PAID_FOR).split()})


def by_command(
    records: Path, periods: list[str], on: datetime.date
) -> tuple[Lines, list[dict[str, Any]]]:
    """Give the lines and the books of each year; they balance, or the command fails."""
    found: Lines = {}
    books = []
    for period in periods:
        said = schoolhubs(
            *("funding", "statement", "--programme", PROGRAMME, "--records", records),
            *("--period", period, "--on", on),
        )
        found |= lines_of(said["lines"], period)
        books.append(said["books"])
        assert (said["books"]["difference_pence"], said["problems"]) == (0, [])
    return found, books


def by_page(cohort: Cohort, periods: list[str]) -> Lines:
    """Give each school's lines, from the CSV that the page of its statement links to."""
    found: Lines = {}
    for who in (*cohort.heads, cohort.lead):
        door(who, "Your money")
        links = {
            each: who.page.get_by_role("link", name=f"Statement of {each}") for each in periods
        }
        there = {each: str(one.get_attribute("href")) for each, one in links.items() if one.count()}
        for period, address in there.items():
            who.go(address)
            link = who.page.get_by_role("link", name=re.compile("^CSV")).first
            text = fetched(who, str(link.get_attribute("href"))).decode()
            found |= lines_of(csv.DictReader(io.StringIO(text)), period)
        who.look("year: statement")
    return found


def lines_of(rows: Any, period: str) -> Lines:
    """Give amounts in pence by payee, partnership, year and milestone."""
    return {
        (row["payee_id"], row["partnership_id"], period, row["milestone"]): {
            name: int(row[name]) for name in MONEY
        }
        for row in rows
    }


def reconciled(content: bytes, folder: Path, on: datetime.date) -> None:
    """The command agrees that the bank paid what was handed over, and refuses a penny less."""
    run, bank = folder / "run.csv", folder / "confirmed.csv"
    run.write_bytes(content)
    bank.write_text(confirmation_of(content, on))
    told = ("funding", "reconcile", "--run", run, "--confirmation", bank, "--on", on)
    said = schoolhubs(*told)
    assert said["agrees"]
    assert said["run_sha256"] == hashlib.sha256(content).hexdigest()
    (first, *_) = confirmation_of(content, on).splitlines()[1:]
    reference, payee, pounds, *rest = first.split(",")
    short = ",".join([reference, payee, f"{float(pounds) - 0.01:.2f}", *rest])
    bank.write_text(bank.read_text().replace(first, short))
    assert not schoolhubs(*told, code=3)["agrees"]


def within_the_envelope(
    cohort: Cohort, records: Path, books: list[dict[str, Any]], on: datetime.date
) -> None:
    """Paid by the books of all years, by the budget's command and by its page are one figure."""
    told = ("--programme", PROGRAMME, "--records", records, "--on", on)
    said = schoolhubs("funding", "budget", *told)
    door(cohort.checker, "Payment runs")
    with cohort.checker.page.expect_navigation():
        cohort.checker.page.locator(f"main a[href*='{PROGRAMME}/budget']").first.click()
    cohort.checker.look("year: budget")
    link = cohort.checker.page.get_by_role("link", name="CSV", exact=True)
    text = fetched(cohort.checker, str(link.get_attribute("href")))
    shown = pl.read_csv(io.BytesIO(text), infer_schema_length=None)
    told_by_page = {
        (row["by"], row["name"]): (row["committed_pence"], row["forecast_pence"], row["paid_pence"])
        for row in shown.to_dicts()
    }
    parts = [("programme", {**said["whole"], "name": PROGRAMME})]
    parts += [(by, each) for by in ("pathway", "region", "hub") for each in said[f"by_{by}"]]
    assert told_by_page == {
        (by, each["name"]): (each["committed_pence"], each["forecast_pence"], each["paid_pence"])
        for by, each in parts
    }
    assert said["whole"]["paid_pence"] == sum(each["paid_pence"] for each in books)
    for each in books:
        to_pay = each["due_pence"] + each["under_way_pence"] + each["waiting_pence"]
        assert each["awarded_pence"] == each["paid_pence"] + to_pay
    envelope = programmes.load(PROGRAMME).money(on).envelope_pence
    assert said["whole"]["paid_pence"] <= said["whole"]["committed_pence"] <= envelope
    assert (
        said["envelope_pence"] == envelope == said["free_pence"] + said["whole"]["committed_pence"]
    )
