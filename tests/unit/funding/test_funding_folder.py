"""A folder of records is read as it was written, and every fault in one is told."""

import dataclasses
import datetime
import zipfile
from pathlib import Path

import pytest

from delivered import declared, delivered
from schoolhubs import funding, programmes
from schoolhubs.funding import folder as kept
from schoolhubs.funding.books import Books
from schoolhubs.funding.folder import FundingRecords
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.delivery import MissedDay
from schoolhubs.vocabulary.records.funding import (
    Clawback,
    PaymentItem,
    PaymentState,
    UseOfGrant,
)

BEHAVIOUR = programmes.load("behaviour-hubs-2021")


MISSED = MissedDay(on=datetime.date(2023, 2, 1), half_days=2, evidence="support_day:7")


def records() -> FundingRecords:
    found = (
        delivered(half_days=20, lead_half_days=4),
        delivered(half_days=40, partnership_id="2", urn="900003", trust_id="77", missed=(MISSED,)),
    )
    declarations = (
        declared(6, use=(UseOfGrant(use="travel", amount_pence=12345, note="=SUM(A1)"),)),
        declared(partnership_id="2", declaration_id="10"),
    )
    statement = funding.statement(found, BEHAVIOUR, "2022/23", declarations=declarations)
    first, _ = funding.paying.items_of(statement)
    paid = dataclasses.replace(
        first, state=PaymentState.PAID, paid_on=datetime.date(2023, 9, 14), taken_back_pence=0
    )
    back = Clawback(
        payee_id=first.payee_id, partnership_id="1", period="2022/23", milestone="first_year",
        owed_pence=100, why="A mile too many, and a half.",
    )  # fmt: skip
    return FundingRecords(
        records=found, declarations=declarations, payments=(paid,), clawbacks=(back,),
        regions={"1": "London"},
    )  # fmt: skip


def test_records_are_read_as_they_were_written(tmp_path: Path) -> None:
    names = kept.write_records(tmp_path, records())
    assert set(names) == set(kept.FILES)
    assert kept.read_records(tmp_path) == records()
    assert "'=SUM(A1)" in (tmp_path / "uses.csv").read_text()


def test_a_zip_is_read_like_the_folder(tmp_path: Path) -> None:
    path = tmp_path / "records.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in kept.record_texts(records()).items():
            packed.writestr(f"export/{name}", text)
        packed.writestr("../outside.csv", "nothing")
    assert kept.read_records(path) == records()
    assert not (tmp_path.parent / "outside.csv").exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "words"),
    [
        ("days.csv", "training,2022-09-01", "training,2022-09-31", "wrong_cell", "on is"),
        ("days.csv", "1,training", "7,training", "unknown_name", "'7' is nowhere else"),
        ("days.csv", ",yes", ",perhaps", "wrong_cell", "yes or no"),
        ("partnerships.csv", "\n2,", "\n1,", "twice", "stands in row 2 too"),
        ("partnerships.csv", "900001", "90001", "wrong_cell", "a URN of six digits"),
        ("partnerships.csv", "2023-09-01", "2022-09-01", "ends_before_start", "is not after"),
        (
            "partnerships.csv",
            "2023-09-01,,",
            "2023-09-01,2022-08-31,",
            "ends_before_start",
            "ended_on 2022-08-31 is before",
        ),
        (
            "days.csv",
            "\n1,support_day,2022-09-01",
            "\n1,support_day,1999-11-10",
            "outside_partnership",
            "outside of partnership 1, 2022-09-01 to 2023-08-31",
        ),
        (
            "days.csv",
            "training,2022-09-01",
            "training,2023-09-01",
            "outside_partnership",
            "on 2023-09-01 is outside",
        ),
        ("declared_days.csv", ",2022-09-01", ",2099-09-01", "outside_partnership", "2099-09-01"),
        ("payments.csv", "2023-09-14", "1999-01-01", "paid_out_of_time", "before partnership 1"),
        ("payments.csv", "2023-09-14", "2099-01-01", "paid_out_of_time", "not been paid yet"),
        ("payments.csv", "paid,", "payed,", "wrong_cell", "one of started"),
        ("payments.csv", "2023-09-14", "", "paid_otherwise", "paid_on is empty"),
        ("payments.csv", ",core,", ",extended,", "paid_otherwise", "not that of partnership 1"),
        ("payments.csv", ",school,", ",trust,", "paid_otherwise", "the school of partnership 1"),
        ("clawbacks.csv", ",100,", ",-100,", "wrong_cell", "a whole number from 0 to"),
        ("clawbacks.csv", ",100,", ",1000000000000,", "wrong_cell", "to 999,999,999,999"),
    ],
)
def test_each_fault_is_told_with_its_place(
    tmp_path: Path, file: str, old: str, new: str, code: str, words: str
) -> None:
    kept.write_records(tmp_path, records())
    text = (tmp_path / file).read_text()
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1))
    with pytest.raises(DataProblem) as refused:
        kept.read_records(tmp_path, until=datetime.date(2026, 11, 23))
    found = [each for each in refused.value.problems if each.code == code]
    assert found, str(refused.value)
    assert found[0].file == file
    assert found[0].row
    assert words in str(found[0])
    assert "The records were not used." in str(refused.value)


def test_a_file_that_must_be_there_and_is_not(tmp_path: Path) -> None:
    kept.write_records(tmp_path, records())
    (tmp_path / "days.csv").unlink()
    (tmp_path / "payments.csv").unlink()  # one that need not
    with pytest.raises(DataProblem, match=r"days\.csv: the file is missing"):
        kept.read_records(tmp_path)


def test_rows_that_stand_twice_are_no_more_days(tmp_path: Path) -> None:
    for name in ("days.csv", "declared_days.csv"):
        kept.write_records(tmp_path, records())
        head, *rows = (tmp_path / name).read_text().splitlines(keepends=True)
        (tmp_path / name).write_text("".join([head, *rows, *rows]))
        with pytest.raises(DataProblem) as refused:
            kept.read_records(tmp_path)
        assert len(refused.value.problems) == len(rows)
        assert {(each.code, each.file) for each in refused.value.problems} == {("twice", name)}


def test_a_file_of_another_name_is_named(tmp_path: Path) -> None:
    kept.write_records(tmp_path, records())
    (tmp_path / "bookings.csv").write_text("booking\n")
    (tmp_path / ".hidden").write_text("")
    assert kept.read_records(tmp_path).not_read == ("bookings.csv",)
    (tmp_path / "declared_days.csv").rename(tmp_path / "Declard_days.csv")
    with pytest.raises(DataProblem, match=r"Declard_days\.csv: .*\n.*mean declared_days\.csv"):
        kept.read_records(tmp_path)
    path = tmp_path.parent / "misspelt.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in kept.record_texts(records()).items():
            packed.writestr("export/" + name.replace("payments", "payment"), text)
    with pytest.raises(DataProblem, match=r"Did you mean payments\.csv"):
        kept.read_records(path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [(",", ";", "separated by semicolons, not commas"), (",", "\t", "separated by tabs"),
     ("evidence", "proof", "Its first row names partnership_id, kind")],
)  # fmt: skip
def test_a_file_that_is_no_such_csv_is_told_as_one(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    kept.write_records(tmp_path, records())
    text = (tmp_path / "days.csv").read_text()
    (tmp_path / "days.csv").write_text(text.replace(old, new))
    with pytest.raises(DataProblem) as refused:
        kept.read_records(tmp_path)
    assert words in str(refused.value)
    for data in (b"", text.encode("utf-16")):
        (tmp_path / "days.csv").write_bytes(data)
        with pytest.raises(DataProblem, match=r"Save the file again as CSV UTF-8") as refused:
            kept.read_records(tmp_path)
        assert "Parquet" not in str(refused.value)


@pytest.mark.parametrize("data", [b"", b"no zip at all"])
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "records.zip"
    path.write_bytes(data)
    with pytest.raises(DataProblem, match="no folder and no zip of records"):
        kept.read_records(path)


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_zip_with_a_byte_changed_anywhere_ends_in_no_fault_of_ours(
    tmp_path: Path, packing: int
) -> None:
    path = tmp_path / "records.zip"
    with zipfile.ZipFile(path, "w", packing) as packed:
        for name, text in kept.record_texts(records()).items():
            packed.writestr(name, text)
    whole, refused = path.read_bytes(), 0
    for at in range(0, len(whole), 7):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x5A]) + whole[at + 1 :])
        try:
            kept.read_records(path)
        except DataProblem as error:
            refused += "cannot be unpacked" in str(error)
    assert refused > len(whole) // 70


def test_books_balance_and_a_payment_nobody_was_awarded_does_not() -> None:
    found = records()
    statement = funding.statement(
        found.records, BEHAVIOUR, "2022/23", declarations=found.declarations,
        payments=found.payments, clawbacks=found.clawbacks,
    )  # fmt: skip
    books = funding.books(statement, found.payments, found.clawbacks)
    assert (books.difference_pence, books.problems) == (0, ())
    assert books.paid_pence == 360000 - 100
    assert books.due_pence == 360000 + 100  # what came back may be paid again, or the rest is due
    stray = dataclasses.replace(found.payments[0], partnership_id="99", reference="SH9")
    odd = funding.books(statement, [*found.payments, stray], found.clawbacks)
    assert odd.difference_pence == 360000
    assert [each.code for each in odd.problems] == ["payment_without_award"]


def test_one_programme_is_taken_out_of_records_of_several() -> None:
    other = delivered(partnership_id="5", programme_id="rise-hubs-2025", pathway="enhanced")
    both = dataclasses.replace(records(), records=(*records().records, other))
    assert both.of_programme("behaviour-hubs-2021") == records()
    assert both.of_programme("rise-hubs-2025").records == (other,)
    assert both.of_programme("rise-hubs-2025").declarations == ()


def test_books_can_fail() -> None:
    found = records()
    (paid,) = found.payments

    def books_of(*payments: PaymentItem) -> Books:
        statement = funding.statement(
            found.records, BEHAVIOUR, "2022/23", declarations=found.declarations,
            payments=payments,
        )  # fmt: skip
        return funding.books(statement, payments)

    assert books_of(paid).balance
    again = dataclasses.replace(paid, reference="SH9", amount_pence=1080000)
    more = dataclasses.replace(paid, amount_pence=360001)
    corrected = dataclasses.replace(again, milestone="first_year.2", amount_pence=1)
    for doctored, codes, owed in (
        ((paid, again), {"paid_twice", "paid_above_award"}, 1080000),
        ((more,), {"paid_above_award"}, 1),
        ((paid, corrected), {"paid_above_award"}, 1),
    ):
        books = books_of(*doctored)
        # The sums alone agree with themselves: without the problems nobody would see it.
        assert books.difference_pence == 0
        assert not books.balance
        assert {each.code for each in books.problems} == codes
        assert books.owed_back_pence == owed
        assert books.due_pence == 360000  # of the other school; nothing is taken off it
