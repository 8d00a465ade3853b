"""``funding``: the same pence as the code gives, books that balance, and every ending."""

import dataclasses
import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from delivered import declared, delivered
from schoolhubs import funding, programmes
from schoolhubs.cli.main import schoolhubs
from schoolhubs.funding.folder import FundingRecords
from schoolhubs.vocabulary.errors import DataProblem, UsageError
from schoolhubs.vocabulary.money import plain
from schoolhubs.vocabulary.records.funding import (
    PayeeKind,
    PaymentItem,
    PaymentRun,
    PaymentState,
)

BEHAVIOUR = programmes.load("behaviour-hubs-2021")
YEAR, PAID_ON = "2022/23", datetime.date(2023, 9, 14)


def run(*words: object) -> tuple[int, Any]:
    """Call ``funding`` with --json."""
    done = CliRunner().invoke(schoolhubs, ["funding", *map(str, words), "--json"])
    if isinstance(done.exception, DataProblem | UsageError):
        raise done.exception
    return done.exit_code, json.loads(done.stdout)


def kept(folder: Path, **more: Any) -> FundingRecords:
    records = FundingRecords(
        records=(
            delivered(half_days=20, partnership_id="1"),
            delivered(half_days=40, partnership_id="2", urn="900003"),
        ),
        declarations=(declared(), declared(partnership_id="2", declaration_id="10")),
        **more,
    )
    funding.folder.write_records(folder, records)
    return records


def statement_of(records: FundingRecords) -> Any:
    return funding.statement(
        records.records, BEHAVIOUR, YEAR, declarations=records.declarations,
        payments=records.payments,
    )  # fmt: skip


def test_a_statement_says_the_pence_that_the_code_gives(tmp_path: Path) -> None:
    found = statement_of(kept(tmp_path))
    code, said = run(
        "statement", "--programme", "behaviour-hubs-2021", "--records", tmp_path, "--period", YEAR
    )
    assert code == 0
    assert [line["due_pence"] for line in said["lines"]] == [281250, 360000]
    assert said["due_pence"] == found.due_pence == said["books"]["due_pence"] == 641250
    assert said["problems"] == []
    for line in said["lines"]:
        assert sum(each["amount_pence"] for each in line["why"]) == line["awarded_pence"]
        assert all(each["why"] for each in line["why"])


def test_what_is_paid_is_not_due_and_a_stray_payment_is_a_problem(tmp_path: Path) -> None:
    items = funding.paying.items_of(statement_of(kept(tmp_path)))
    paid = dataclasses.replace(items[0], state=PaymentState.PAID, paid_on=PAID_ON)
    stray = dataclasses.replace(paid, payee_id="900777", reference="SH0")
    words = ("statement", "--programme", "behaviour-hubs-2021", "--records", tmp_path,
             "--period", YEAR)  # fmt: skip
    kept(tmp_path, payments=(paid,))
    code, said = run(*words)
    assert (code, said["due_pence"], said["books"]["difference_pence"]) == (0, 360000, 0)
    kept(tmp_path, payments=(paid, stray))
    code, said = run(*words)
    assert (code, said["books"]["difference_pence"]) == (3, 281250)
    assert [each["code"] for each in said["problems"]] == ["payment_without_award"]


def said_in_words(folder: Path, *more: str, period: str = YEAR) -> tuple[int, str]:
    words = ["funding", "statement", "--programme", "behaviour-hubs-2021", "--records",
             str(folder), "--period", period, *more]  # fmt: skip
    done = CliRunner().invoke(schoolhubs, words)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout


def test_what_was_paid_too_much_is_a_sum_of_its_own_and_does_not_balance(tmp_path: Path) -> None:
    (item, _) = funding.paying.items_of(statement_of(kept(tmp_path)))
    paid = dataclasses.replace(item, state=PaymentState.PAID, amount_pence=281350, paid_on=PAID_ON)
    kept(tmp_path, payments=(paid,))
    code, said = said_in_words(tmp_path)
    assert code == 3
    assert "due now £3,600.00; owed back £1.00;" in said
    assert "The books do not balance." in said
    assert "was paid £1.00 more than it is awarded" in said
    assert "balance to the penny" not in said


def test_a_period_of_no_partnership_does_not_balance(tmp_path: Path) -> None:
    kept(tmp_path)
    code, said = said_in_words(tmp_path, period="1999/00")
    assert code == 3
    assert "no partnership of these records is in 1999/00" in said
    assert "Give a --period of theirs: 2022/23." in said
    assert "balance to the penny" not in said


def test_notes_tell_what_was_left_unread_or_paid_later(tmp_path: Path) -> None:
    items = funding.paying.items_of(statement_of(kept(tmp_path)))
    day = datetime.date(2023, 9, 14)
    kept(tmp_path, payments=(dataclasses.replace(items[0], state=PaymentState.PAID, paid_on=day),))
    (tmp_path / "bookings.csv").write_text("booking\n")
    code, said = said_in_words(tmp_path, "--on", "2023-09-01")
    assert code == 0
    assert "Note: Not read: bookings.csv is no file of records." in said
    assert "Note: Paid after 2023-09-01 and counted as paid: £2,812.50, in 1 payment." in said
    far = datetime.date(2099, 1, 1)
    kept(tmp_path, payments=(dataclasses.replace(items[0], state=PaymentState.PAID, paid_on=far),))
    with pytest.raises(DataProblem, match="so it has not been paid yet"):
        run("statement", "--programme", "behaviour-hubs-2021", "--records", tmp_path,
            "--period", YEAR)  # fmt: skip
    assert said_in_words(tmp_path, "--on", "2099-01-01")[0] == 0


def test_a_statement_is_said_in_words_too(tmp_path: Path) -> None:
    kept(tmp_path)
    done = CliRunner().invoke(
        schoolhubs,
        ["funding", "statement", "--programme", "behaviour-hubs-2021", "--records", str(tmp_path),
         "--period", YEAR],
    )  # fmt: skip
    assert done.exit_code == 0
    assert "£3,600.00 (payable), due now £3,600.00" in done.stdout
    assert "The books balance to the penny." in done.stdout
    assert "Assumed, as nobody published it: money.awards.expected_days.core" in done.stdout


def test_rise_records_say_that_partners_are_paid_nothing(tmp_path: Path) -> None:
    record = delivered(
        pathway="enhanced", programme_id="rise-hubs-2025", half_days=20, lead_half_days=6
    )
    funding.folder.write_records(
        tmp_path, FundingRecords(records=(record,), declarations=(declared(is_lead=True),))
    )
    code, said = run(
        "statement", "--programme", "rise-hubs-2025", "--records", tmp_path, "--period", YEAR
    )
    assert code == 0
    assert said["due_pence"] == 3 * 25000
    assert {line["payee_kind"] for line in said["lines"]} == {"lead_school"}
    assert any("pays partners nothing" in note for note in said["notes"])


@pytest.mark.parametrize(
    ("programme", "period", "error", "words"),
    [
        ("behaviour-hubs-2021", "last year", UsageError, "Write a year and the one after it"),
        ("rise-hubs-2025", YEAR, DataProblem, "no partnership is of the programme"),
        ("no-such-hubs", YEAR, DataProblem, "there is no programme"),
    ],
)
def test_a_statement_that_cannot_be_made_says_why(
    tmp_path: Path, programme: str, period: str, error: type[Exception], words: str
) -> None:
    kept(tmp_path)
    with pytest.raises(error, match=words):
        run("statement", "--programme", programme, "--records", tmp_path, "--period", period)


def confirmation_of(run_: PaymentRun) -> str:
    rows = [f"{e.reference},{e.payee_id},{plain(e.amount_pence)}\n" for e in run_.items]
    return "reference,payee_id,amount_pounds\n" + "".join(rows)


def test_a_run_is_reconciled_to_the_penny(tmp_path: Path) -> None:
    paying = funding.paying
    items = paying.items_of(statement_of(kept(tmp_path)))
    run_ = paying.prepare_run(
        "behaviour-hubs-2021", YEAR, items, BEHAVIOUR.money(delivered().starts_on)
    )
    text = paying.run_file(run_)
    (tmp_path / "run.csv").write_text(text)
    good = confirmation_of(run_)
    (tmp_path / "good.csv").write_text(good)
    (tmp_path / "bad.csv").write_text(good.replace("3600.00", "3600.01"))
    words = ("reconcile", "--run", tmp_path / "run.csv", "--confirmation")
    code, said = run(*words, tmp_path / "good.csv")
    assert (code, said["agrees"], said["problems"]) == (0, True, [])
    assert said["run_sha256"] == paying.file_digest(text)
    code, said = run(*words, tmp_path / "bad.csv")
    assert (code, said["agrees"]) == (3, False)
    assert [each["code"] for each in said["problems"]] == ["other_amount"]
    assert said["confirmed_pence"] - said["run_pence"] == 1
    (tmp_path / "run.csv").write_text(text.replace("first_year", "second_year", 1))
    with pytest.raises(DataProblem, match="does not agree with the lines before it"):
        run(*words, tmp_path / "good.csv")


def test_a_budget_sets_scenarios_side_by_side(tmp_path: Path) -> None:
    kept(tmp_path)
    words = ("budget", "--programme", "rise-hubs-2025", "--on", "2026-09-01")
    code, said = run(*words, "--scenario", "90x60@277.78", "--scenario", "93x60@250")
    assert (code, said["envelope_pence"]) == (0, 150_000_000)
    assert [each["is_affordable"] for each in said["scenarios"]] == [True, False, True]
    assert "£277.78 a day" in said["scenarios"][1]["working"]
    code, said = run(
        "budget", "--programme", "behaviour-hubs-2021", "--records", tmp_path, "--on", "2023-09-01"
    )
    assert code == 0
    assert said["whole"]["committed_pence"] == 720000
    assert said["whole"]["forecast_pence"] == 281250 + 360000
    assert said["free_pence"] == 1_000_000_000 - 720000
    assert said["envelope_years"] == 3
    assert said["scenarios"][0]["cost_pence"] == 3 * said["scenarios"][0]["cost_a_year_pence"]
    with pytest.raises(UsageError, match="Write hubs x days"):
        run(*words, "--scenario", "many")


def test_a_payment_that_was_not_made_does_not_agree(tmp_path: Path) -> None:
    paying = funding.paying
    items = paying.items_of(statement_of(kept(tmp_path)))
    money = BEHAVIOUR.money(delivered().starts_on)
    run_ = paying.prepare_run("behaviour-hubs-2021", YEAR, items, money)
    (tmp_path / "run.csv").write_text(paying.run_file(run_))
    head, first, second = confirmation_of(run_).splitlines()
    told = f"{head},outcome,fault\n{first},paid,\n{second},not_paid,No account\n"
    (tmp_path / "bank.csv").write_text(told)
    words = ("reconcile", "--run", tmp_path / "run.csv", "--confirmation", tmp_path / "bank.csv")
    code, said = run(*words)
    assert (code, said["agrees"], len(said["confirmed"])) == (3, False, 1)
    assert [each["code"] for each in said["problems"]] == ["not_paid"]
    (tmp_path / "bank.csv").write_text(told.replace("not_paid", "perhaps"))
    with pytest.raises(DataProblem, match="paid or not_paid was expected"):
        run(*words)


def test_the_file_handed_over_is_no_confirmation_of_a_payment() -> None:
    own = (
        "reference,payee_kind,payee_id,payee_name,milestone,amount_pounds,pay_on\n"
        "SH1,school,900001,Ash,first_year,1.00,2027-01-01\n"
        "end,1,,0000,,1.00,2027-01-01\n"
    )
    with pytest.raises(DataProblem, match="the file that was handed over, not what became of it"):
        funding.paying.read_confirmation(own)
    without_its_end = "".join(own.splitlines(keepends=True)[:2])
    with pytest.raises(DataProblem, match="the file that was handed over"):
        funding.paying.read_confirmation(without_its_end)
    head, first = without_its_end.splitlines()
    assert funding.paying.read_confirmation(f"{head},outcome\n{first},paid\n")


def test_a_reference_of_a_payment_that_stands_twice_in_a_run_is_named() -> None:
    paying = funding.paying
    items = [
        PaymentItem(
            reference="SH1", payee_kind=PayeeKind.SCHOOL, payee_id=payee, partnership_id="",
            pathway="", period="", milestone="end", amount_pence=100,
        )
        for payee in ("900001", "900002")
    ]  # fmt: skip
    run_ = PaymentRun(programme_id="p", period="", items=tuple(items))
    with pytest.raises(DataProblem, match="SH1 stands 2 times in the run"):
        paying.read_run(paying.run_file(run_))
    found = paying.reconcile(run_, paying.read_confirmation(confirmation_of(run_)))
    assert {each.code for each in found.differences} == {"twice"}
