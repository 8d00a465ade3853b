"""Schools of a round's lists that converted are known under their newest URN."""

import dataclasses
import datetime
from collections.abc import Callable

import polars as pl

from schoolhubs import programmes, runs
from schoolhubs.runs.parts.register import followed
from schoolhubs.vocabulary import frames
from small_rounds import qualifying, register

Facts = Callable[..., pl.DataFrame]
ON = datetime.date(2022, 10, 1)
BEFORE = {"closed_on": datetime.date(2022, 9, 1), "is_open": False}
SOON = datetime.date(2023, 2, 1)


def listed(*urns: str) -> pl.DataFrame:
    return frames.LEADS.fill(pl.DataFrame({"urn": list(urns)}))


def running(*pairs: tuple[str, str]) -> pl.DataFrame:
    rows = [{"partner_urn": partner, "lead_urn": lead} for partner, lead in pairs]
    held = pl.DataFrame(rows, schema={"partner_urn": pl.String, "lead_urn": pl.String})
    began = pl.lit(datetime.date(2022, 1, 1)).alias("started_on")
    return frames.PARTNERSHIPS.fill(held.with_columns(began, pathway=pl.lit("core")))


def banned(*pairs: tuple[str, str]) -> pl.DataFrame:
    rows = [{"kind": "ban", "partner_urn": partner, "lead_urn": lead} for partner, lead in pairs]
    return frames.OVERRIDES.fill(pl.DataFrame(rows))


def test_partner_lead_and_override_are_taken_under_the_successors_urn(facts: Facts) -> None:
    known = facts(
        {"urn": "900487", **BEFORE},
        {"urn": "900694", "predecessor_urns": ["900487"]},
        {"urn": "900695", "predecessor_urns": ["900488"]},  # 900488 is in no list of schools
        {"urn": "900001"},
    )
    found = followed(
        known,
        listed("900488", "900001"),
        running(("900487", "900488")),
        banned(("900001", "900488")),
    )
    assert found.leads["urn"].to_list() == ["900001", "900695"]
    assert found.partnerships.select("partner_urn", "lead_urn").rows() == [("900694", "900695")]
    assert found.overrides.select("partner_urn", "lead_urn").rows() == [("900001", "900695")]
    assert found.notes == (
        (
            "Schools of the lists that converted are taken under their newest URN: "
            "900487 as 900694; 900488 as 900695."
        ),
    )


def test_an_open_or_split_school_stays_and_a_merged_one_leads_once(facts: Facts) -> None:
    known = facts(
        {"urn": "900001"},  # open: another school grew out of a part of it
        {"urn": "900002", **BEFORE},
        {"urn": "900003", "predecessor_urns": ["900002", "900001"]},
        {"urn": "900004", "predecessor_urns": ["900002"]},
        {"urn": "900005", **BEFORE},
        {"urn": "900006", "predecessor_urns": ["900005"]},
    )
    found = followed(
        known,
        listed("900001", "900002", "900005", "900006"),
        frames.PARTNERSHIPS.empty(),
        frames.OVERRIDES.empty(),
    )
    assert found.leads["urn"].to_list() == ["900001", "900002", "900006"]
    assert found.notes == (
        "Schools of the lists that converted are taken under their newest URN: 900005 as 900006.",
        "Schools of the lists that were split stay as they were given: 900002 into 900003, 900004.",
    )


def test_lists_without_a_converted_school_stay_and_say_nothing(facts: Facts) -> None:
    given = (listed("900001"), running(("900002", "900001")), banned(("900002", "900001")))
    found = followed(facts({}, {}), *given)
    assert (found.leads.rows(), found.partnerships.rows()) == (given[0].rows(), given[1].rows())
    assert found.notes == ()


def test_a_converted_partner_and_lead_keep_their_partnership(facts: Facts) -> None:
    held = qualifying(
        register(
            facts,
            {"urn": "900001", **BEFORE},
            {"urn": "900002", **BEFORE},
            {"urn": "900011", "predecessor_urns": ["900001"]},
            {"urn": "900012", "predecessor_urns": ["900002"]},
        )
    )
    order = runs.Order(
        rules=programmes.load("behaviour-hubs-2021").as_at(ON),
        register=held,
        leads=listed("900001"),
        partnerships=running(("900002", "900001")),
    )
    done, _ = runs.run_intake(order, clock=lambda: 0.0)
    placed = done.result.already_placed.select("urn", "lead_urn").rows()
    assert placed == [("900012", "900011")]
    assert done.result.matches.is_empty()
    assert any("900001 as 900011; 900002 as 900012" in note for note in done.notes)

    # Before the conversion the same lists hold as they are.
    early = dataclasses.replace(
        order, rules=programmes.load("behaviour-hubs-2021").as_at(datetime.date(2022, 6, 1))
    )
    known = held.schools.with_columns(
        opened_on=pl.when(pl.col("urn") >= "900011").then(pl.date(2022, 9, 1))
    )
    changed = held.links.with_columns(established_on=pl.lit(datetime.date(2022, 9, 1)))
    early = dataclasses.replace(
        early, register=dataclasses.replace(held, schools=known, links=changed)
    )
    done, _ = runs.run_intake(early, clock=lambda: 0.0)
    assert done.result.already_placed.select("urn", "lead_urn").rows() == [("900002", "900001")]


def test_a_stand_in_lead_is_told_from_an_appointed_one(facts: Facts) -> None:
    held = register(facts, *({"urn": f"{900001 + n}", "lat": 50.0 + n / 10} for n in range(9)))
    rules = programmes.load("behaviour-hubs-2021").as_at(ON)
    order = runs.Order(rules=rules, register=qualifying(held), leads=listed("900001"), top_up_to=2)
    done, _ = runs.run_intake(order, clock=lambda: 0.0)
    rows = done.decisions.filter(pl.col("binding_rule") == "not_a_lead")
    (appointed,) = rows.filter(pl.col("urn") == "900001")["reason"].unique().to_list()
    assert "We read a lead school (the programme's list of lead schools)." in appointed
    (other,) = rows.filter(pl.col("is_stand_in_lead"))["reason"].unique().to_list()
    assert (
        "We read a stand-in for a lead school "
        "(added by rule as a stand-in, not appointed by the programme)."
    ) in other
    assert done.decisions.filter(pl.col("is_stand_in_lead"))["urn"].n_unique() == 1
    assert not done.decisions.filter(pl.col("urn") == "900001")["is_stand_in_lead"].any()
