"""A finished round matched again from its own folder: who moves, who does not, and why in words."""

import dataclasses
import datetime
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from schoolhubs import packs, runs
from schoolhubs.runs.kept import rounds
from schoolhubs.runs.kept.plain import from_plain, to_plain
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.rules import RulesAsAt
from small_rounds import order

Facts = Callable[..., pl.DataFrame]
LEADS = {"900001": (0.0, 2), "900002": (60.0, 2), "900003": (120.0, 2)}
PARTNERS = {"900011": 5.0, "900012": 10.0, "900013": 65.0, "900014": 70.0}
SOON = datetime.date(2022, 10, 1)


@pytest.fixture
def folder(facts: Facts, tmp_path: Path) -> Path:
    """Run a round: 11 and 12 with lead 1, 13 and 14 with lead 2, nobody with lead 3."""
    done, workings = runs.run_intake(order(facts, LEADS, PARTNERS), clock=lambda: 0.0)
    assert pairs(done.result.matches) == {
        "900011": "900001", "900012": "900001", "900013": "900002", "900014": "900002",
    }  # fmt: skip
    runs.write_round(done, workings, tmp_path / "round")
    return tmp_path / "round"


def pairs(matches: pl.DataFrame) -> dict[str, str]:
    return dict(matches.select("urn", "lead_urn").iter_rows())


def banned(partner: str, lead: str, reason: str = "") -> pl.DataFrame:
    row = {"kind": "ban", "partner_urn": partner, "lead_urn": lead, "reason": reason}
    return frames.OVERRIDES.fill(pl.DataFrame([row]))


def agreed(*rows: tuple[str, str]) -> pl.DataFrame:
    held = pl.DataFrame(rows, schema=["partner_urn", "lead_urn"], orient="row")
    return frames.PARTNERSHIPS.fill(
        held.with_columns(pathway=pl.lit("core"), started_on=pl.lit(SOON))
    )


def again(folder: Path, **what: object):
    return runs.rematch_round(folder, clock=lambda: 0.0, **what)


def test_schools_of_a_lead_that_withdrew_go_elsewhere_and_the_others_stay(folder: Path) -> None:
    done, _ = again(folder, withdrawn=["900002"])
    assert done.rematch is not None
    assert done.rematch.counts() == {
        "displaced": 2, "replaced": 2, "moved_others": 0, "unmatched": 0,
        "newly_matched": 0, "lost_place": 0,
    }  # fmt: skip
    assert pairs(done.result.matches) == {
        "900011": "900001", "900012": "900001", "900013": "900003", "900014": "900003",
    }  # fmt: skip
    first = done.rematch.changes.row(0, named=True)
    assert first["reason"] == (
        "Goes to A school (900003) instead of A school (900002), because A school (900002) "
        "withdrew."
    )
    assert first["minutes_before"] is not None
    assert "900002" not in done.leads["urn"].to_list()
    assert done.notes[0] == "A re-match of the round of 1 October 2022: A school (900002) withdrew."
    assert done.notes[1].startswith(
        "2 schools were displaced: 2 placed again and 0 without a hub. No other schools were moved."
    )


def test_a_pair_that_does_not_work_is_parted_and_its_reason_told(folder: Path) -> None:
    done, _ = again(folder, bars=banned("900011", "900001", "Shared governors."))
    assert done.rematch is not None
    assert done.rematch.displaced == ("900011",)
    assert done.notes[0].endswith(": 1 pair is kept apart.")
    assert (
        done.rematch.changes["reason"]
        .item()
        .endswith("because the two are kept apart: Shared governors.")
    )


def test_pairs_kept_apart_and_pairs_kept_together_are_told_as_what_they_are(folder: Path) -> None:
    pin = banned("900012", "900003").with_columns(kind=pl.lit("pin"))
    done, _ = again(folder, bars=pl.concat([banned("900011", "900001"), pin]))
    assert pairs(done.result.matches)["900012"] == "900003"
    assert done.notes[0].endswith(": 1 pair is kept apart; 1 pair is kept together.")


def test_a_re_match_after_nothing_fell_away_changes_nothing(folder: Path) -> None:
    done, _ = again(folder)
    assert done.rematch is not None
    assert done.rematch.changes.is_empty()
    read = packs.PackTables.read({f.name: f.read_bytes() for f in folder.glob("*.csv")})
    assert packs.compare(read, packs.tabulate(done)).schools.is_empty()


def test_a_chain_moves_another_only_where_it_may_and_serves_more(
    facts: Facts, tmp_path: Path
) -> None:
    # 12 sits between the two leads, 11 can reach lead 1 alone: 12 has to make room for it.
    leads = {"900001": (100.0, 1), "900002": (200.0, 1), "900003": (0.0, 1)}
    partners = {"900011": 40.0, "900012": 140.0}
    asked = order(facts, leads, partners)
    limit = dataclasses.replace(
        asked.rules.matching, absolute_maximum_minutes=100.0, preferred_maximum_minutes=100.0
    )
    asked = dataclasses.replace(asked, rules=dataclasses.replace(asked.rules, matching=limit))
    done, workings = runs.run_intake(asked, clock=lambda: 0.0)
    assert pairs(done.result.matches) == {"900011": "900003", "900012": "900001"}
    runs.write_round(done, workings, tmp_path / "round")

    free, _ = again(tmp_path / "round", withdrawn=["900003"])
    assert pairs(free.result.matches) == {"900011": "900001", "900012": "900002"}
    assert free.rematch is not None
    assert (free.rematch.displaced, free.rematch.moved_others) == (("900011",), ("900012",))
    moved = free.rematch.changes.row(by_predicate=pl.col("kind") == "moved", named=True)
    assert moved["reason"].endswith("so that A school (900011) can go there.")

    for kept in ({"keep_others": True}, {"partnerships": agreed(("900012", "900001"))}):
        held, _ = again(tmp_path / "round", withdrawn=["900003"], **kept)
        assert held.rematch is not None
        assert pairs(held.result.matches) == {"900012": "900001"}
        assert (held.rematch.unmatched, held.rematch.moved_others) == (("900011",), ())
        assert "has no hub any more" in held.rematch.changes["reason"].item().casefold()


def test_an_agreed_partnership_falls_away_with_its_lead_and_no_other(folder: Path) -> None:
    stand = agreed(("900013", "900002"), ("900011", "900001"), ("900077", "900002"))
    done, workings = again(folder, withdrawn=["900002"], partnerships=stand)
    assert done.rematch is not None
    assert done.rematch.displaced == ("900013", "900014")
    assert workings.current is not None
    held = workings.current.filter("is_held")["urn"].to_list()
    assert held == ["900011"]
    assert any("900077. A later round has to place them" in note for note in done.notes)


def test_places_that_closed_displace_as_many_as_are_too_many(folder: Path) -> None:
    fewer = pl.DataFrame({"lead_urn": ["900001"], "pathway": ["core"], "n_places": [1]})
    done, _ = again(folder, places=fewer, keep_others=True)
    assert done.rematch is not None
    assert done.rematch.counts()["displaced"] == 1
    assert "A school (900001) has fewer places." in done.rematch.changes["reason"].item()


def test_more_schools_held_than_places_are_refused(folder: Path) -> None:
    fewer = pl.DataFrame({"lead_urn": ["900001"], "pathway": ["core"], "n_places": [1]})
    stand = agreed(("900011", "900001"), ("900012", "900001"))
    with pytest.raises(DataProblem, match="2 schools are held or pinned to core places"):
        again(folder, places=fewer, partnerships=stand)


def test_a_pin_to_a_lead_that_withdrew_falls_away_and_is_told(facts: Facts, tmp_path: Path) -> None:
    pin = banned("900011", "900003").with_columns(kind=pl.lit("pin"))
    done, workings = runs.run_intake(
        order(facts, LEADS, PARTNERS, overrides=pin), clock=lambda: 0.0
    )
    runs.write_round(done, workings, tmp_path / "round")
    after, _ = again(tmp_path / "round", withdrawn=["900003"])
    assert after.rematch is not None
    assert after.rematch.displaced == ("900011",)
    assert "1 pin falls away: 900011 to 900003." in after.notes


def test_an_applicant_that_left_is_not_spoken_of_and_its_place_is_free(
    facts: Facts, tmp_path: Path
) -> None:
    leads = {"900001": (0.0, 1), "900002": (300.0, 1)}
    pin = banned("900011", "900001").with_columns(kind=pl.lit("pin"))
    asked = order(facts, leads, {"900011": 5.0, "900012": 10.0}, overrides=pin)
    done, workings = runs.run_intake(asked, clock=lambda: 0.0)
    assert pairs(done.result.matches)["900011"] == "900001"
    runs.write_round(done, workings, tmp_path / "round")
    stays, _ = again(tmp_path / "round")
    assert pairs(stays.result.matches)["900011"] == "900001", "it stays where it is still there"

    after, workings = again(tmp_path / "round", left=["900011"])
    assert pairs(after.result.matches) == {"900012": "900001"}
    assert after.rematch is not None
    assert after.rematch.displaced == (), "who left is nobody to be placed"
    assert after.notes[0].endswith(": 1 school takes part no longer.")
    assert "1 pin falls away: 900011 to 900001." in after.notes
    runs.write_round(after, workings, tmp_path / "after")
    read = packs.PackTables.read(
        {f.name: f.read_bytes() for f in (tmp_path / "after").glob("*.csv")}
    )
    for table in (read.decisions, read.matches, read.unmatched):
        assert "900011" not in table["urn"].to_list()


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({"withdrawn": ["900099"]}, "not_a_lead_here"),
        ({"withdrawn": ["900011"]}, "not_a_lead_here"),
        (
            {"places": pl.DataFrame(
                {"lead_urn": ["900001"], "pathway": ["gold"], "n_places": [1]}
            )},
            "no_such_places",
        ),
    ],
)  # fmt: skip
def test_what_is_no_part_of_the_round_is_refused(folder: Path, what, code: str) -> None:
    with pytest.raises(DataProblem) as caught:
        again(folder, **what)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_the_pack_of_a_re_match_is_whole_and_is_explained(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "again"
    done, workings = again(folder, withdrawn=["900002"], command="schoolhubs round rematch")
    runs.write_round(done, workings, out)
    assert {path.name for path in out.iterdir()} == {path.name for path in folder.iterdir()}
    told = runs.explain_round(out, "900013")
    assert told.lead_urn == "900003"
    assert "because A school (900002) withdrew" in told.rematched
    stays = runs.explain_round(out, "900011")
    assert (stays.lead_urn, stays.rematched) == ("900001", "")
    assert runs.explain_round(out, "900011", instead="900003").alternatives[0].blocked_by == (
        "keeps its hub"
    )
    record = json.loads((out / "round.json").read_text())
    assert record["rematch"]["displaced"] == 2
    assert record["rematch"]["withdrawn"] == ["900002"]
    assert json.loads((folder / "round.json").read_text())["rematch"] is None
    assert "What the re-match changed" in (out / "report.html").read_text()
    assert "What the re-match changed" not in (folder / "report.html").read_text()


def test_a_re_match_can_be_matched_again(folder: Path, tmp_path: Path) -> None:
    done, workings = again(folder, withdrawn=["900002"])
    runs.write_round(done, workings, tmp_path / "again")
    third, _ = again(tmp_path / "again", bars=banned("900013", "900003"), keep_others=True)
    assert third.rematch is not None
    assert third.rematch.unmatched == ("900013",)
    with pytest.raises(DataProblem, match="leads no hub of this round"):
        again(tmp_path / "again", withdrawn=["900002"])


def test_a_round_that_is_read_back_gives_the_same_pack(facts: Facts, tmp_path: Path) -> None:
    done, workings = runs.run_intake(order(facts, LEADS, PARTNERS), clock=lambda: 0.0)
    runs.write_round(done, workings, tmp_path / "round")
    base, rules = rounds.read(tmp_path / "round")
    whole = dataclasses.replace(
        base, result=done.result, alternatives=done.alternatives, timings=done.timings
    )
    there, here = packs.build(whole).files, packs.build(done).files
    assert there.keys() == here.keys()
    for name in here:
        assert str(there[name]).splitlines() == str(here[name]).splitlines()
    assert workings.programme is not None
    assert rules.pathways == workings.programme.pathways
    assert rules.budget == workings.programme.budget


def test_rules_come_back_from_plain_values_as_they_were(facts: Facts) -> None:
    rules = order(facts, LEADS, PARTNERS).rules
    bare = dataclasses.replace(rules, eligibility=())
    assert from_plain(RulesAsAt, json.loads(json.dumps(to_plain(bare)))) == bare


def test_a_pack_of_an_earlier_version_is_refused_in_words(facts: Facts, tmp_path: Path) -> None:
    done, workings = runs.run_intake(order(facts, LEADS, PARTNERS), clock=lambda: 0.0)
    bare = dataclasses.replace(workings, programme=None)
    runs.write_round(done, bare, tmp_path / "round")
    with pytest.raises(DataProblem, match="was written by an earlier version"):
        again(tmp_path / "round", withdrawn=["900002"])
