"""From days to money: declared, checked, in a run, agreed by another, handed over, paid."""

import csv
import datetime
import hashlib
import io
import re

from browser.diagnosing import at, choose
from browser.living import PROGRAMME, Cohort, door, fill, says, typed
from browser.looking import Visitor


def declared(
    head: Visitor, milestone: str, other: str, *, by_hand: datetime.date | None = None,
    looks: bool = False,
) -> None:  # fmt: skip
    """Begin a declaration, say what the ledgers leave out and what the money was for, declare."""
    door(head, "Your money")
    section = head.page.locator("section", has_text=other).first
    with head.page.expect_navigation():
        section.get_by_role("link", name=re.compile(f"^{milestone}", re.IGNORECASE)).first.click()
    at(head, "Begin this declaration")
    if by_hand:
        at(head, "Add a day that is not listed", "link")
        typed(head, "on", by_hand)
        fill(head, half_days="4", what="Plan written with all staff", by_whom="All leaders",
             evidence="Minutes of the meeting")  # fmt: skip
        at(head, "Add this day")
        at(head, "Say what it was used for", "link")
        fill(head, travel="38.40", backfill="410", plan="120.25")
        at(head, "Save")
        says(head, "£38.40", "£410.00", "£120.25")
    if looks:
        head.look(f"year: declaration, {milestone}")
    at(head, "Declare")
    head.page.locator("[name=sure]").check()
    if looks:
        head.look("year: declare")
    at(head, "Declare")
    says(head, "It is declared")


def checked(officer: Visitor, *, looks: bool = False) -> int:
    """Check whatever waits, found from one's work; how many there were."""
    n = 0
    while True:
        door(officer, "Declarations")
        rows = officer.page.locator("tbody th a")
        if not rows.count():
            return n
        with officer.page.expect_navigation():
            rows.first.click()
        choose(officer, {"verdict": "yes"})
        if looks and not n:
            officer.look("year: declaration, check")
        at(officer, "Save")
        says(officer, "It is checked")
        n += 1


def prepared(maker: Visitor, *, looks: bool) -> str:
    """Prepare a run from the page of runs; give its address."""
    door(maker, "Payment runs")
    listed = maker.page.locator(f"main li a[href*='{PROGRAMME}/run']")
    with maker.page.expect_navigation():
        listed.click()
    if looks:
        maker.look("year: run, what is due")
    at(maker, "Prepare the run")
    says(maker, "The run is prepared", "somebody else agrees it")
    if looks:
        maker.look("year: run, prepared")
    return maker.page.url.removeprefix(maker.service.url)


def agreed(checker: Visitor, run: str, *, looks: bool) -> None:
    """Five pages: one's work, the runs, the run, its payments, agree."""
    door(checker, "Payment runs")
    with checker.page.expect_navigation():
        checker.page.locator(f"main a[href='{run}']").click()
    at(checker, "All payments", "link")
    if looks:
        checker.look("year: run, payments")
    checker.go(run)
    at(checker, "Look at it and agree")
    if looks:
        checker.look("year: run, agree")
    at(checker, "Agree this run")
    says(checker, "its file is made")


def handed_over(checker: Visitor, *, looks: bool) -> bytes:
    """Download the file: the page says the digest of it, its last line that of those before."""
    link = checker.page.get_by_role("link", name=re.compile("^Download the file"))
    with checker.page.expect_download() as fetched:
        link.click()
    content = fetched.value.path().read_bytes()
    before, last = content[:-1].rsplit(b"\n", 1)
    says(checker, hashlib.sha256(content).hexdigest())
    assert hashlib.sha256(before + b"\n").hexdigest() in last.decode()
    at(checker, "Note that it was handed over")
    if looks:
        checker.look("year: run, handed over")
    return content


def paid_by(content: bytes) -> dict[str, tuple[str, str]]:
    """Give payee and pounds of each reference of a run's file."""
    rows = csv.DictReader(io.StringIO(content.decode()))
    return {
        row["reference"]: (row["payee_id"], row["amount_pounds"])
        for row in rows
        if row["reference"] != "end"
    }


def confirmation_of(content: bytes, on: datetime.date) -> str:
    """Give what the bank says of a run's file: all of it is paid."""
    told = io.StringIO()
    rows = csv.writer(told, lineterminator="\n")
    rows.writerow(("reference", "payee_id", "amount_pounds", "outcome", "paid_on"))
    for reference, (payee, pounds) in paid_by(content).items():
        rows.writerow((reference, payee, pounds, "paid", on))
    return told.getvalue()


def confirmed(maker: Visitor, run: str, content: bytes, on: datetime.date, *, looks: bool) -> None:
    """Take what the bank confirms, to the penny."""
    told = confirmation_of(content, on).encode()
    maker.go(run)
    at(maker, "Take a confirmation")
    if looks:
        maker.look("year: run, take a confirmation")
    file = {"name": "confirmed.csv", "mimeType": "text/csv", "buffer": told}
    maker.page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    at(maker, "Take this file")
    says(maker, "agrees with the run to the penny")
    if looks:
        maker.look("year: run, paid")


def in_one_run(cohort: Cohort, on: datetime.date, *, looks: bool = False) -> bytes:
    """Pay whatever is due in one run, by two people; give the file that was handed over."""
    run = prepared(cohort.maker, looks=looks)
    agreed(cohort.checker, run, looks=looks)
    content = handed_over(cohort.checker, looks=looks)
    confirmed(cohort.maker, run, content, on, looks=looks)
    return content


def settled(cohort: Cohort, on: datetime.date) -> None:
    """What the demonstration prepared before is agreed and paid first: one run at a time."""
    checker = cohort.checker
    door(checker, "Payment runs")
    row = checker.page.locator("tr", has_text="Special").filter(has_text="Prepared").first
    if not row.count():
        return
    with checker.page.expect_navigation():
        row.get_by_role("link").first.click()
    run = checker.page.url.removeprefix(checker.service.url)
    at(checker, "Look at it and agree")
    at(checker, "Agree this run")
    confirmed(cohort.maker, run, handed_over(checker, looks=False), on, looks=False)
