"""A delivered year: the same again, never oversold, and money that balances to the penny."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from schoolhubs import funding, programmes, synthetic
from schoolhubs.cli.main import schoolhubs
from schoolhubs.synthetic.calibration import read_yaml
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.funding import PaymentState

PERIODS = {
    "behaviour-hubs-2021": "2022/23",
    "rise-hubs-2025": "2025/26",
    "special-ap-hubs-example": "2025/26",
}


@pytest.fixture(scope="module")
def england(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("england")
    synthetic.england(folder, seed=5, n_schools=1500, with_year=True)
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as read:
        return list(csv.DictReader(read))


def test_the_same_seed_delivers_the_same_year(england: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        schoolhubs,
        ["synthetic", "england", "--out", str(tmp_path), "--seed", "5", "--schools", "1500",
         "--year"],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    again = {path.name: path.read_bytes() for path in (tmp_path / "year").iterdir()}
    assert again == {path.name: path.read_bytes() for path in (england / "year").iterdir()}
    assert not [name for name in again if any(w in name for w in ("lead", "application", "mark"))]
    plain = [path.name for path in tmp_path.iterdir() if path.is_file()]
    assert "ees_absence_3term_201819.csv" in plain  # the last year of figures is the usual one


@pytest.mark.parametrize("programme_id", PERIODS)
def test_payments_of_a_delivered_year_balance(england: Path, programme_id: str) -> None:
    programme, period = programmes.load(programme_id), PERIODS[programme_id]
    records = funding.folder.read_records(england / "year").of_programme(programme_id)
    made = funding.statement(
        records.records, programme, period, declarations=records.declarations,
        payments=records.payments, clawbacks=records.clawbacks,
    )  # fmt: skip
    books = funding.books(made, records.payments, records.clawbacks)
    assert (books.difference_pence, books.problems) == (0, ())
    assert books.paid_pence > 0
    keys = Counter(each.key for each in records.payments)
    assert max(keys.values()) == 1
    assert {each.payee_kind for each in records.payments} == {
        "behaviour-hubs-2021": {"school"}, "rise-hubs-2025": {"lead_school"},
        "special-ap-hubs-example": {"school", "lead_school"},
    }[programme_id]  # fmt: skip


def test_a_delivered_year_has_something_of_every_kind(england: Path) -> None:
    year = england / "year"
    states = Counter(row["state"] for row in rows(year / "support_days.csv"))
    assert set(states) == {"given", "late", "missed", "planned", "struck"}
    booked = Counter(row["state"] for row in rows(year / "bookings.csv"))
    assert set(booked) == {"booked", "came", "stayed_away", "cancelled", "waiting"}
    assert any(not row["completed_on"] for row in rows(year / "training.csv"))
    assert rows(year / "withdrawals.csv")
    assert rows(year / "clawbacks.csv")
    payments = Counter(row["state"] for row in rows(year / "payments.csv"))
    assert set(payments) >= {PaymentState.PAID, PaymentState.IN_RUN}
    assert {row["state"] for row in rows(year / "declarations.csv")} == {"checked", "declared"}


def test_a_delivered_year_tells_of_nothing_ahead_of_its_last_day(england: Path) -> None:
    until = read_yaml("delivered.yaml")["until"].isoformat()
    year = england / "year"
    told = [
        row[column]
        for name, column in (
            ("days.csv", "on"), ("declared_days.csv", "on"), ("payments.csv", "paid_on"),
            ("support_days.csv", "given_on"), ("training.csv", "completed_on"),
            ("withdrawals.csv", "ended_on"),
        )
        for row in rows(year / name)
    ]  # fmt: skip
    assert max(told) <= until
    planned = [row for row in rows(year / "support_days.csv") if row["state"] == "planned"]
    assert {row["planned_on"] > until for row in planned} == {True}
    ahead = {row["open_day"] for row in rows(year / "open_days.csv") if row["on"] > until}
    of_ahead = [row for row in rows(year / "bookings.csv") if row["open_day"] in ahead]
    assert {row["state"] for row in of_ahead} >= {"booked", "waiting"}
    assert not {"came", "stayed_away"} & {row["state"] for row in of_ahead}


def test_a_lead_spends_time_on_an_event_once_however_many_came(england: Path) -> None:
    events: Counter[str] = Counter()
    given: Counter[str] = Counter()
    for row in rows(england / "year" / "days.csv"):
        if row["kind"] in {"open_day", "networking"}:
            event = row["evidence"].rpartition("-")[0]
            events[event] += 1
            given[event] += int(row["lead_half_days"])
    assert max(events.values()) > 5
    assert set(given.values()) == {2} or set(given.values()) == {1, 2}


def test_no_open_day_is_oversold(england: Path) -> None:
    places = {row["open_day"]: int(row["places"]) for row in rows(england / "year/open_days.csv")}
    taken: Counter[str] = Counter()
    for row in rows(england / "year" / "bookings.csv"):
        if row["state"] in {"came", "stayed_away"}:
            taken[row["open_day"]] += int(row["party"])
    assert taken
    assert all(taken[name] <= places[name] for name in taken)


def test_a_delivered_year_of_another_england_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "year").mkdir()
    with pytest.raises(Conflict, match="a delivered year, whose schools"):
        synthetic.england(tmp_path, seed=5, n_schools=300)


def test_every_support_day_that_was_missed_may_be_excused(england: Path) -> None:
    days = rows(england / "year" / "support_days.csv")
    missed = {f"support_day:{row['support_day']}" for row in days if row["state"] == "missed"}
    assert missed
    assert {row["evidence"] for row in rows(england / "year" / "missed_days.csv")} == missed
