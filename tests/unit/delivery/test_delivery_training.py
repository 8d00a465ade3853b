"""What is owed to whom: by leader, day and what was done; a successor owes anew."""

import dataclasses
import datetime
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolhubs import delivery, programmes
from schoolhubs.delivery.training import Standing
from schoolhubs.vocabulary.records.training import Duty, Leader, ModuleDone

FIRST = datetime.date(2026, 9, 1)
RULES = programmes.load("rise-hubs-2025").as_at(FIRST).training
assert RULES
MODULES = RULES.of_school("enhanced", "mainstream")
HEAD = Leader(leader_id="1", duties=frozenset({Duty.BEHAVIOUR}), named_on=FIRST)
DEPUTY = Leader(
    leader_id="2", duties=frozenset({Duty.ATTENDANCE, Duty.INCLUSION}), named_on=FIRST
)  # fmt: skip


def owed(
    *leaders: Leader, done: tuple[ModuleDone, ...] = (), on: datetime.date = FIRST
) -> dict[tuple[str, str], delivery.training.Owed]:
    assert RULES
    rows = delivery.training.owed(MODULES, leaders, done, rules=RULES, starts_on=FIRST, on=on)
    found = {(each.module.module, each.leader_id): each for each in rows}
    assert len(found) == len(rows), "no module is owed twice by one leader"
    return found


def finished(leader: Leader, module: str, *, is_confirmed: bool = True) -> ModuleDone:
    on = datetime.date(2026, 10, 5)
    return ModuleDone(leader_id=leader.leader_id, module=module, on=on, is_confirmed=is_confirmed)


def test_each_leader_owes_what_is_for_them_and_nothing_else() -> None:
    found = owed(HEAD, DEPUTY)
    assert ("attendance_and_belonging", "1") in found
    assert ("attendance_and_belonging", "2") in found
    assert ("registers_and_codes", "2") in found
    assert ("registers_and_codes", "1") not in found
    assert found["families_as_partners", "2"].standing is Standing.OFFERED


@pytest.mark.parametrize(
    ("on", "standing"),
    [
        (datetime.date(2026, 12, 30), Standing.OPEN),
        (datetime.date(2026, 12, 31), Standing.OPEN),
        (datetime.date(2027, 1, 1), Standing.OVERDUE),
    ],
)
def test_a_module_is_overdue_the_day_after_its_last(on: datetime.date, standing: Standing) -> None:
    assert owed(HEAD, DEPUTY, on=on)["registers_and_codes", "2"].standing is standing


def test_what_a_leader_declares_waits_until_it_is_confirmed() -> None:
    said = finished(DEPUTY, "registers_and_codes", is_confirmed=False)
    assert owed(HEAD, DEPUTY, done=(said,))["registers_and_codes", "2"].standing is (
        Standing.DECLARED
    )
    confirmed = finished(DEPUTY, "registers_and_codes")
    both = owed(HEAD, DEPUTY, done=(confirmed, said))["registers_and_codes", "2"]
    assert (both.standing, both.done_on) == (Standing.DONE, confirmed.on)


def test_a_rule_can_let_what_is_declared_count() -> None:
    assert RULES
    rules = dataclasses.replace(RULES, declared_counts=True)
    said = finished(DEPUTY, "registers_and_codes", is_confirmed=False)
    rows = delivery.training.owed(MODULES, [DEPUTY], [said], rules=rules, starts_on=FIRST, on=FIRST)
    assert {each.module.module for each in rows if each.standing is Standing.DONE} == {said.module}


def test_a_module_that_no_leader_sees_to_is_owed_by_the_school() -> None:
    found = owed(HEAD)
    assert found["registers_and_codes", ""].standing is Standing.NOBODY
    assert ("registers_and_codes", "") not in owed(HEAD, DEPUTY)
    assert ("families_as_partners", "") not in found, "nobody owes what is only offered"


def test_a_successor_owes_anew_and_has_longer() -> None:
    left = dataclasses.replace(DEPUTY, left_on=datetime.date(2027, 1, 4))
    new = Leader(
        leader_id="3", duties=DEPUTY.duties, named_on=datetime.date(2027, 1, 11), succeeds="2"
    )
    found = owed(
        HEAD, left, new, done=(finished(left, "registers_and_codes"),), on=new.named_on
    )  # fmt: skip
    assert ("registers_and_codes", "2") not in found, "whoever left owes nothing"
    assert found["registers_and_codes", "3"].standing is Standing.OPEN
    assert found["registers_and_codes", "3"].due_on == datetime.date(2027, 8, 31)
    assert found["reasons_for_absence", "3"].due_on == datetime.date(2027, 8, 31)
    assert found["keeping_it_going", "3"].due_on == datetime.date(2027, 8, 31)


def test_what_nobody_sees_to_is_late_once_its_day_is_over() -> None:
    after = datetime.date(2027, 9, 1)
    rows = owed(HEAD, on=after)
    alone = rows["registers_and_codes", ""]
    assert (alone.standing, alone.is_late) == (Standing.NOBODY, True)
    assert not owed(HEAD)["registers_and_codes", ""].is_late
    counts = delivery.training.tally(rows.values())
    assert counts.n_late == counts.n_overdue + counts.n_nobody > counts.n_overdue


def test_nobody_who_was_there_from_the_start_gets_longer() -> None:
    assert owed(HEAD, DEPUTY)["registers_and_codes", "2"].due_on == datetime.date(2026, 12, 31)


def test_a_tally_counts_each_owed_module_once() -> None:
    done = (finished(HEAD, "attendance_and_belonging"),
            finished(DEPUTY, "registers_and_codes", is_confirmed=False))  # fmt: skip
    rows = owed(HEAD, DEPUTY, done=done, on=datetime.date(2027, 1, 1)).values()
    counts = delivery.training.tally(rows)
    assert (counts.n_done, counts.n_declared, counts.n_nobody) == (1, 1, 0)
    assert counts.n_required == counts.n_done + counts.n_outstanding
    assert counts.n_overdue == 2, "the deputy's first module and the head's survey module"


@given(st.data())
def test_everything_owed_is_in_exactly_one_place(data: st.DataObject) -> None:
    """Against a plain count by hand, whoever is named, left or has done whatever."""
    assert RULES
    n = data.draw(st.integers(0, 4))
    days = st.dates(datetime.date(2026, 9, 1), datetime.date(2027, 12, 31))
    leaders = [
        Leader(
            leader_id=str(index), duties=frozenset(data.draw(st.sets(st.sampled_from(Duty)))),
            named_on=data.draw(days), left_on=data.draw(st.none() | days),
        )
        for index in range(n)
    ]  # fmt: skip
    done = [
        ModuleDone(leader_id=leader.leader_id, module=module.module, on=FIRST,
                   is_confirmed=data.draw(st.booleans()))
        for leader in leaders for module in MODULES if data.draw(st.booleans())
    ]  # fmt: skip
    on = data.draw(days)
    found = owed(*leaders, done=tuple(done), on=on)
    there = [each for each in leaders
             if each.named_on <= on and not (each.left_on and each.left_on <= on)]  # fmt: skip
    for module in MODULES:
        whose = {
            each.leader_id
            for each in there
            if "every" in module.for_duties or set(module.for_duties) & each.duties
        }
        held = {leader for name, leader in found if name == module.module}
        assert held == (whose or ({""} if module.is_required else set()))
        for leader_id in whose:
            ours = [
                each for each in done if (each.leader_id, each.module) == (leader_id, module.module)
            ]
            is_done = found[module.module, leader_id].standing is Standing.DONE
            assert is_done == any(each.is_confirmed for each in ours)


def test_a_number_is_found_however_it_is_typed_and_a_slip_is_noticed() -> None:
    draw = random.Random(7)
    for _ in range(50):
        number = delivery.training.numbers.made(draw.randbytes(16))
        assert delivery.training.numbers.typed(number.lower().replace("-", " ")) == number
        plain = number.replace("-", "")
        place = draw.randrange(len(plain))
        other = draw.choice(
            [each for each in delivery.training.numbers.ALPHABET if each != plain[place]]
        )
        slipped = plain[:place] + other + plain[place + 1 :]
        assert delivery.training.numbers.typed(slipped) == ""


def test_few_random_bytes_make_no_number() -> None:
    with pytest.raises(ValueError, match="at least 16"):
        delivery.training.numbers.made(b"short")
