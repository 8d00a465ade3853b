"""A whole round, from published files to matched hubs, as the people of the programme see it."""

import datetime
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from commands import ON, ROUND_KEYS, run_round, schoolhubs
from schoolhubs import programmes

Run = tuple[Path, dict[str, Any]]


def table(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_csv(folder / name, infer_schema=False)


def assert_the_eligible_add_up(answer: dict[str, Any]) -> None:
    parts = ("matched", "unmatched", "already_placed", "waiting_for_trust_match")
    assert answer["eligible"] == sum(answer[name] for name in parts)


def test_the_answer_has_the_promised_keys_and_is_proved(small_round: Run) -> None:
    _, answer = small_round
    assert answer.keys() >= ROUND_KEYS
    assert answer["travel_minutes"].keys() == {"median", "p95", "maximum"}
    assert answer["is_proven_optimal"] is True
    assert answer["gap_percent"] == 0
    assert answer["matched"] > 0
    assert answer["is_synthetic"] is True


def test_every_applicant_is_counted_once(small_round: Run) -> None:
    folder, answer = small_round
    assert answer["applicants"] == sum(
        answer[name] for name in ("eligible", "not_eligible", "cannot_tell")
    )
    assert_the_eligible_add_up(answer)
    decided = table(folder, "decisions.csv")
    assert decided["urn"].n_unique() == answer["applicants"]
    assert table(folder, "matches.csv").height == answer["matched"]
    assert table(folder, "unmatched.csv").height == answer["unmatched"]


def test_everyone_matched_was_eligible_and_matched_once(small_round: Run) -> None:
    folder, _ = small_round
    decided, matches = table(folder, "decisions.csv"), table(folder, "matches.csv")
    yes = decided.filter(pl.col("verdict") == "yes").select("urn", "pathway")
    assert matches.join(yes, on=["urn", "pathway"], how="anti").height == 0
    assert matches["urn"].is_unique().all()


def test_no_hub_has_more_partners_than_places(small_round: Run) -> None:
    folder, _ = small_round
    matches = table(folder, "matches.csv").group_by("lead_urn", "pathway").len()
    places = table(folder, "hubs.csv").with_columns(pl.col("n_places").cast(pl.Int64))
    joined = matches.join(places, on=["lead_urn", "pathway"], how="left")
    assert joined["n_places"].null_count() == 0
    assert (joined["len"] <= joined["n_places"]).all()


def test_every_refusal_and_every_unmatched_school_has_a_reason(small_round: Run) -> None:
    folder, _ = small_round
    refused = table(folder, "decisions.csv").filter(pl.col("verdict") != "yes")
    assert refused.height > 0
    assert (refused["reason"].fill_null("") != "").all()
    assert (table(folder, "unmatched.csv")["reason"].fill_null("") != "").all()


def test_the_record_is_enough_to_repeat_the_round(
    small_round: Run, small_england: Path, small_register: Path, tmp_path: Path
) -> None:
    folder, _ = small_round
    record = json.loads((folder / "round.json").read_text())
    leads = hashlib.sha256((small_england / "leads.csv").read_bytes()).hexdigest()
    assert leads in {file["sha256"] for file in record["inputs"]}
    again = tmp_path / "again"
    run_round(small_england, small_register, again)
    for output in record["outputs"]:
        if output["name"].endswith(".csv"):
            text = (again / output["name"]).read_bytes()
            assert hashlib.sha256(text).hexdigest() == output["sha256"], output["name"]


def test_shuffled_lists_give_the_same_matches(
    small_round: Run, small_england: Path, small_register: Path, tmp_path: Path
) -> None:
    folder, _ = small_round
    shuffled = tmp_path / "lists"
    shuffled.mkdir()
    for name in ("leads.csv", "applications.csv"):
        rows = pl.read_csv(small_england / name, infer_schema=False)
        rows.sample(fraction=1.0, shuffle=True, seed=4).write_csv(shuffled / name)
    run_round(shuffled, small_register, tmp_path / "round")
    assert (tmp_path / "round" / "matches.csv").read_text() == (folder / "matches.csv").read_text()


def test_an_explained_school_has_its_lead_and_two_others(small_round: Run) -> None:
    folder, _ = small_round
    match = table(folder, "matches.csv").row(0, named=True)
    told = schoolhubs("round", "explain", "--round", folder, "--urn", match["urn"])
    assert told["urn"] == match["urn"]
    assert told["lead_urn"] == match["lead_urn"]
    assert told["minutes"] == pytest.approx(float(match["minutes"]))
    assert len(told["alternatives"]) == 2
    names = dict(table(folder, "hubs.csv").select("lead_urn", "lead_name").iter_rows())
    assert told["lead_name"] == names[match["lead_urn"]]
    assert [each["lead_name"] for each in told["alternatives"]] == [
        names[each["lead_urn"]] for each in told["alternatives"]
    ]
    for choice in told["alternatives"]:
        assert choice.keys() >= {"lead_urn", "minutes", "blocked_by", "price"}
        if choice["price"] is not None:
            assert choice["price"].keys() >= {"need", "exceptions", "minutes"}


def test_a_stated_price_is_what_forcing_the_pair_really_costs(
    small_round: Run, small_england: Path, small_register: Path, tmp_path: Path
) -> None:
    folder, before = small_round
    matches = table(folder, "matches.csv")
    match = matches.filter(pl.col("second_price_minutes").is_not_null()).row(0, named=True)
    told = schoolhubs("round", "explain", "--round", folder, "--urn", match["urn"])
    choice = next(each for each in told["alternatives"] if each["price"] is not None)
    pins = tmp_path / "pins.csv"
    pins.write_text(f"kind,partner_urn,lead_urn\npin,{match['urn']},{choice['lead_urn']}\n")
    after = run_round(small_england, small_register, tmp_path / "forced", "--overrides", pins)
    change = after["total_minutes"] - before["total_minutes"]
    assert change == pytest.approx(choice["price"]["minutes"], abs=1e-6)


def test_a_re_match_moves_only_the_schools_of_a_hub_that_withdrew(
    small_round: Run, tmp_path: Path
) -> None:
    folder, before = small_round
    matches = table(folder, "matches.csv")
    lead = matches["lead_urn"].value_counts(sort=True)["lead_urn"][0]
    out = tmp_path / "again"
    answer = schoolhubs(
        "round", "rematch", "--round", folder, "--withdraw", lead, "--keep-others", "--out", out
    )
    assert answer.keys() >= {"displaced", "replaced", "moved_others", "unmatched"} | ROUND_KEYS
    left = matches.filter(pl.col("lead_urn") == lead)
    assert answer["displaced"] == left.height
    assert answer["displaced"] == answer["replaced"] + answer["unmatched"]
    assert answer["moved_others"] == 0
    assert answer["is_proven_optimal"]
    after = table(out, "matches.csv")
    assert lead not in after["lead_urn"].to_list()
    stayed = matches.filter(pl.col("lead_urn") != lead).select("urn", "lead_urn", "pathway")
    assert stayed.join(after, on=["urn", "lead_urn", "pathway"], how="semi").height == stayed.height
    change = answer["changes"][0]
    told = schoolhubs("round", "explain", "--round", out, "--urn", change["urn"])
    assert (told["lead_urn"], told["rematched"]) == (change["lead_urn"], change["reason"])
    assert "withdrew" in change["reason"]
    record = json.loads((out / "round.json").read_text())
    assert record["command"].startswith("schoolhubs round rematch --round")
    assert record["rematch"]["withdrawn"] == [lead]
    assert before["matched"] >= record["summary"]["matched"]


def test_a_re_match_that_names_no_hub_or_no_pair_is_refused(
    small_round: Run, tmp_path: Path
) -> None:
    folder, _ = small_round
    partner = table(folder, "matches.csv")["urn"][0]
    again = ("round", "rematch", "--round", folder)
    schoolhubs(*again, "--withdraw", partner, "--out", tmp_path / "no", code=3)
    schoolhubs(*again, "--bar", partner, "--out", tmp_path / "no", code=2)
    schoolhubs(*again, "--places", f"{partner}:enhanced:many", "--out", tmp_path / "no", code=2)
    schoolhubs(*again, "--withdraw", partner, "--out", folder, code=2)
    assert not (tmp_path / "no").exists()


def test_a_ruling_counts_and_is_told_in_the_pack(
    small_round: Run, small_england: Path, small_register: Path, tmp_path: Path
) -> None:
    folder, before = small_round
    refused = table(folder, "decisions.csv").filter(pl.col("binding_rule") == "needs_support")
    urn = refused["urn"][0]
    rulings = tmp_path / "rulings.csv"
    rulings.write_text(
        f"urn,pathway,verdict,reason,decided_by\n{urn},enhanced,yes,Seen on a visit,A. Person\n"
    )
    out = tmp_path / "ruled"
    after = run_round(small_england, small_register, out, "--rulings", rulings)
    assert (before["ruled"], after["ruled"]) == (0, 1)
    decided = table(out, "decisions.csv").filter(
        (pl.col("urn") == urn) & (pl.col("pathway") == "enhanced")
    )
    assert decided.select("verdict", "rules_verdict", "ruled_by").rows() == [
        ("yes", "no", "A. Person")
    ]
    record = json.loads((out / "round.json").read_text())
    assert "--rulings rulings.csv" in record["command"]
    assert "rulings" in {file["kind"] for file in record["inputs"]}


def test_a_running_partnership_keeps_its_place_until_it_finishes(
    small_round: Run, small_england: Path, small_register: Path, tmp_path: Path
) -> None:
    folder, before = small_round
    match = table(folder, "matches.csv").row(0, named=True)
    head = "partner_urn,lead_urn,pathway,started_on,finished_on\n"
    stands = f"{match['urn']},{match['lead_urn']},{match['pathway']},2025-09-01"
    for finished_on, is_running in (("2026-01-29", False), ("2026-01-30", True)):
        listed = tmp_path / f"{finished_on}.csv"
        listed.write_text(f"{head}{stands},{finished_on}\n")
        out = tmp_path / finished_on
        answer = run_round(small_england, small_register, out, "--partnerships", listed)
        assert answer["already_placed"] == int(is_running)
        assert_the_eligible_add_up(answer)
        hub = table(out, "hubs.csv").filter(
            (pl.col("lead_urn") == match["lead_urn"]) & (pl.col("pathway") == match["pathway"])
        )
        assert int(hub["n_running"].item()) == int(is_running)
        assert (match["urn"] in table(out, "matches.csv")["urn"].to_list()) is not is_running
        if is_running:
            told = schoolhubs("round", "explain", "--round", out, "--urn", match["urn"])
            (kept,) = told["running"]
            assert (kept["lead_urn"], kept["finished_on"]) == (match["lead_urn"], finished_on)
            assert told["school_name"] == match["school_name"]
    assert before["matched"] > 0


@pytest.mark.parametrize("programme", ["behaviour-hubs-2021", "special-ap-hubs-example"])
def test_every_programme_runs_the_round_without_code_of_its_own(
    small_england: Path, small_register: Path, tmp_path: Path, programme: str
) -> None:
    answer = schoolhubs(
        *("round", "run", "--programme", programme, "--register", small_register),
        *("--leads", small_england / "leads.csv"),
        *("--applications", small_england / "applications.csv"),
        *("--on", ON, "--out", tmp_path / "r"),
    )
    assert answer["is_proven_optimal"] is True
    assert answer["matched"] > 0
    assert_the_eligible_add_up(answer)
    trusts = programmes.load(programme).as_at(datetime.date.fromisoformat(ON)).pathways
    if not any(pathway.partner_kind == "trust" for pathway in trusts):
        assert answer["waiting_for_trust_match"] == 0


def test_a_definition_of_ones_own_is_among_the_inputs_and_no_path_is_in_the_pack(
    small_england: Path, small_register: Path, tmp_path: Path
) -> None:
    own, out = tmp_path / "our programme", tmp_path / "round"
    shutil.copytree(programmes.load("rise-hubs-2025").folder, own)
    schoolhubs(
        *("round", "run", "--programme", own, "--register", small_register),
        *("--leads", small_england / "leads.csv", "--on", ON, "--out", out),
    )
    record = json.loads((out / "round.json").read_text())
    assert record["command"].startswith("schoolhubs round run --programme './our programme' ")
    listed = {one["name"]: one["sha256"] for one in record["inputs"] if one["kind"] == "definition"}
    assert listed == {
        f"our programme/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in own.glob("*.yaml")
    }
    for name in ("round.json", "report.html"):
        assert str(tmp_path) not in (out / name).read_text()


def test_a_shipped_definition_is_named_by_its_version(small_round: Run) -> None:
    folder, _ = small_round
    record = json.loads((folder / "round.json").read_text())
    assert "--programme rise-hubs-2025 " in record["command"]
    assert record["definition_version"] == programmes.load("rise-hubs-2025").definition_version
    assert "definition" not in {one["kind"] for one in record["inputs"]}


@pytest.mark.parametrize("on", ["2025-12-05", "2026-02-01"])
def test_a_round_on_another_day_than_the_register_says_so(
    small_england: Path, small_register: Path, tmp_path: Path, on: str
) -> None:
    told = schoolhubs(
        *("round", "run", "--programme", "rise-hubs-2025", "--register", small_register),
        *("--leads", small_england / "leads.csv", "--on", on, "--out", tmp_path / "round"),
    )
    assert f"built as at {ON}, the rules are asked for {on}" in told["notes"][0]


def test_a_damaged_round_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "workings.zip").write_text("not an archive")
    told = schoolhubs("round", "explain", "--round", tmp_path, "--urn", "900001", code=3)
    assert told["problems"][0]["code"] == "damaged_round"


def test_a_school_that_did_not_apply_is_said_so(small_round: Run) -> None:
    folder, _ = small_round
    told = schoolhubs("round", "explain", "--round", folder, "--urn", "100000", code=3)
    (problem,) = told["problems"]
    assert problem["code"] == "not_in_round"
    assert "URN" not in problem["fault"]  # which stands before it already
    assert "another programme" in problem["remedy"]


def test_a_lead_school_is_told_that_it_leads(small_round: Run) -> None:
    folder, _ = small_round
    lead = table(folder, "hubs.csv")["lead_urn"][0]
    told = schoolhubs("round", "explain", "--round", folder, "--urn", lead)
    assert told["lead_urn"] is None
    assert told["reason"].startswith("It leads a hub of this round")
    assert told["alternatives"] == []
