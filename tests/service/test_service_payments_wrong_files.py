"""The page and the command read what a bank sends with one reader: they say the same of it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import transaction
from django.utils import timezone

from paid import MAKER, awarded, bank, handed_over, partnership, prepared, schools
from schoolhubs.cli.main import schoolhubs
from schoolhubs.service.funding.paying.confirming import confirm
from schoolhubs.service.funding.paying.models import PaymentRun
from schoolhubs.vocabulary.errors import DataProblem

pytestmark = pytest.mark.django_db
ONE, TWO = "900001", "900002"
Said = list[tuple[str, str]]


def page_says(run: PaymentRun, content: bytes) -> Said:
    """Give each code and its words, and take back what was taken."""
    try:
        with transaction.atomic():
            made = confirm(run, content, **{**MAKER, "at": timezone.now()})
            failed = run.payments.filter(state="not_paid")
            not_paid = list(failed.values_list("reference", "fault"))
            transaction.set_rollback(True)
    except DataProblem as error:
        return [(each.code, each.fault) for each in error.problems]
    told = [(each["code"], each["text"]) for each in made.problems]
    return told + [("not_paid", f"{name} was not paid: {why}") for name, why in not_paid]


def command_says(run: PaymentRun, content: bytes, folder: Path) -> Said:
    file, said = folder / "run.csv", folder / "confirmed.csv"
    file.write_bytes(bytes(run.file or b""))
    said.write_bytes(content)
    words = ["funding", "reconcile", "--run", str(file), "--confirmation", str(said), "--json"]
    done = CliRunner().invoke(schoolhubs, words)
    if isinstance(done.exception, DataProblem):
        return [(each.code, each.fault) for each in done.exception.problems]
    problems = json.loads(done.stdout)["problems"]
    return [(each["code"], each.get("fault") or each["text"]) for each in problems]


def test_the_page_and_the_command_say_the_same_of_wrong_files_of_payments(tmp_path: Path) -> None:
    schools(ONE, TWO)
    for urn in (ONE, TWO):
        awarded(partnership(urn), half_days=40)
    run = handed_over(prepared())
    good, own = bank(run), bytes(run.file or b"")
    head, first, second = good.splitlines(keepends=True)
    wrong = {
        "not_text": b"\xff\xfe" + good,
        "missing_column": good.replace(b"payee_id", b"payee"),
        "own_file": own,
        "own_file without its end": b"".join(own.splitlines(keepends=True)[:-1]),
        "empty": head,
        "not_an_amount": good.replace(b"3600.00", b"36OO", 1),
        "confirmation_outcome": good.replace(b"paid,", b"perhaps,", 1),
        "confirmation_paid_on": good.replace(b"2026-01-29", b"soon", 1),
        "confirmation_paid_on before": good.replace(b"2026-01-29", b"2026-01-28", 1),
        "confirmation_paid_on later": good.replace(b"2026-01-29", b"2093-01-01", 1),
        "other_amount": good.replace(b"3600.00", b"3600.01", 1),
        "other_payee": good.replace(b",900001,", b",900009,", 1),
        "not_confirmed": head + first,
        "twice": good + second,
        "not_in_run": good + b"SHNONE,900009,1.00,paid,,\n",
        "not_paid": bank(run, fails=(f"school:{TWO}",)),
    }
    for name, content in wrong.items():
        page = page_says(run, content)
        assert {code for code, _ in page} == {name.split()[0]}, name
        assert page == command_says(run, content, tmp_path), name
    assert page_says(run, good) == []
