"""The draft of a diagnosis: evidence, order, barriers, what is missing, and faults of files."""

import dataclasses
import random
from pathlib import Path

import pytest

import finding
from schoolhubs import diagnosis
from schoolhubs.diagnosis.finding import Inputs
from schoolhubs.diagnosis.finding.ranking import ranked
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.diagnosis import Barrier, Evidence, Finding, Observation
from schoolhubs.vocabulary.root_causes import root_causes

SAW = "observation_id,root_cause,by,says,text,place,seen_on\n"


def drafted(**given: object) -> diagnosis.finding.Inputs:
    return diagnosis.diagnose(Inputs(urn=finding.URN, setting="mainstream", **given))


def of(found, name: str) -> Finding:
    return next(each for each in found.findings if each.finding_id == name)


def seen(root_cause: str, by: str = "school", says: str = "for", n: int = 1) -> Observation:
    return Observation(
        observation_id=f"{root_cause}-{by}-{n}", root_cause=root_cause, by=by, says=says,
        text="Seen in four of six rooms.",
    )  # fmt: skip


def test_every_finding_has_evidence_that_can_be_read_again() -> None:
    found = drafted(
        scores={"pupils": finding.scores("pupils", ["felt_safe"])},
        self_assessment=finding.assessed({"places_unsafe": {"Head": 1, "SENCO": 1}}),
        observations=(seen("places_unsafe"),),
    )
    first = found.findings[0]
    assert first.finding_id == "places_unsafe"
    assert first.how_sure == "shown"
    assert {each.kind for each in first.evidence} == {"survey", "self_assessment", "observation"}
    for each in found.findings:
        assert each.evidence, each.finding_id
        assert each.would_change, each.finding_id
        assert all(one.text and one.source for one in each.evidence)
    survey = next(each for each in first.evidence if each.kind == "survey")
    assert (survey.value, survey.low, survey.high, survey.n) == (30, 24, 36, 120)


def test_what_lies_outside_is_a_barrier_and_never_a_finding() -> None:
    found = drafted(
        observations=(seen("transport"), seen("routines_differ")),
        barriers=(Barrier(root_cause="housing", extent="Two estates", referral="Asked"),),
    )
    outside = {name for name, each in root_causes().items() if each.side == "outside"}
    assert {each.root_cause for each in found.findings} == {"routines_differ"}
    assert {each.root_cause for each in found.barriers} == {"transport", "housing"} <= outside
    housing = next(each for each in found.barriers if each.root_cause == "housing")
    assert housing.body == "Local housing authority"
    transport = next(each for each in found.barriers if each.root_cause == "transport")
    assert transport.evidence[0].kind == "observation"


def test_opinion_alone_stands_below_what_figures_show() -> None:
    """Many people and both schools say one thing; one clear figure says another."""
    found = drafted(
        scores={"pupils": finding.scores("pupils", ["felt_safe"])},
        self_assessment=finding.assessed({"staff_unsure": {"Head": 1, "SENCO": 1}}),
        observations=(
            seen("staff_unsure"), seen("staff_unsure", "lead_school"), seen("staff_unsure", n=2),
        ),
    )  # fmt: skip
    assert of(found, "places_unsafe").rank < of(found, "staff_unsure").rank
    assert of(found, "staff_unsure").how_sure == "said"


def test_many_items_of_one_source_weigh_no_more_than_one() -> None:
    one = Evidence(kind="self_assessment", measure="a", says="for", text="", strength="one")
    many = tuple(dataclasses.replace(one, measure=str(n)) for n in range(9))
    found = ranked(
        [
            Finding(finding_id="one", root_cause="one", evidence=(one,)),
            Finding(finding_id="many", root_cause="many", evidence=many),
        ]
    )
    assert [each.rank for each in found] == [1, 1]


def test_what_weighs_more_against_cannot_be_told() -> None:
    low = finding.scores("pupils").with_columns(value=90.0, low=84.0, high=96.0)
    found = drafted(scores={"pupils": low}, observations=(seen("places_unsafe"),))
    safe = of(found, "places_unsafe")
    assert safe.how_sure == "cannot_tell"
    assert safe.differ == ("school speak for it, pupils against it.",)


def test_a_team_that_differs_is_shown_and_decides_nothing() -> None:
    found = drafted(self_assessment=finding.assessed({"routines_differ": {"Head": 4, "SENCO": 1}}))
    routines = of(found, "routines_differ")
    assert routines.how_sure == "cannot_tell"
    assert "from 1 to 4" in routines.differ[0]
    assert "SENCO" not in str(found.as_dict()), "who said what stands in the self-assessment alone"


def test_an_unfinished_self_assessment_is_missing() -> None:
    found = drafted(self_assessment=finding.assessed({}, usual=1, finished=False))
    assert found.findings == ()
    assert "self_assessment" in {each.kind for each in found.missing}


@pytest.mark.parametrize(("staff", "pupils", "cause"), [
    (80, 50, "pupils_unheard"), (50, 80, "staff_unsure"), (61, 60, None),
])  # fmt: skip
def test_the_gap_between_staff_and_pupils_is_a_finding(
    staff: float, pupils: float, cause: str | None
) -> None:
    sides = {
        "staff": finding.scale_rows("staff", staff), "pupils": finding.scale_rows("pupils", pupils)
    }  # fmt: skip
    found = {each.finding_id: each for each in drafted(scores=sides).findings}
    if cause is None:
        assert found == {}
        return
    gap = found["gap_safety_2025-11"]
    assert gap.root_cause == cause
    assert gap.evidence[0].value == staff - pupils
    assert gap.differ


def test_the_newest_wave_of_a_questionnaire_speaks_alone() -> None:
    """A good wave of long ago does not cancel this year's finding, nor a bad one keep it alive."""
    low, good = finding.scores("pupils", ["felt_safe"]), finding.scores("pupils", wave="2023-11")
    good = good.with_columns(
        value=finding.pl.lit(95.0), low=finding.pl.lit(92.0), high=finding.pl.lit(98.0)
    )
    alone = drafted(scores={"new": low})
    beside = drafted(scores={"new": low, "old": good})
    in_one = drafted(scores={"both": finding.pl.concat([good, low])})
    for found in (beside, in_one):
        assert [(each.finding_id, each.how_sure) for each in found.findings] == [
            (each.finding_id, each.how_sure) for each in alone.findings
        ]
    assert of(alone, "places_unsafe").how_sure == "likely"
    mended = drafted(scores={
        "old": low.with_columns(wave=finding.pl.lit("2023-11")),
        "new": good.with_columns(wave=finding.pl.lit("2025-11")),
    })  # fmt: skip
    assert {each.how_sure for each in mended.findings} == {"cannot_tell"}


def test_a_newest_wave_of_which_nothing_may_be_shown_silences_no_earlier_one() -> None:
    hidden = finding.scores("pupils", wave="2026-03").with_columns(
        value=None, low=None, high=None, value_mark=finding.pl.lit("c"), said=finding.pl.lit("")
    )
    low = finding.scores("pupils", ["felt_safe"])
    found = drafted(scores={"new": hidden, "old": low})
    assert of(found, "places_unsafe").how_sure == "likely"


def test_an_old_gap_between_staff_and_pupils_is_none_of_today() -> None:
    waves = {
        f"{side}-{wave}": finding.scale_rows(side, value, wave)
        for side, wave, value in (
            ("staff", "2023-11", 80.0), ("pupils", "2023-11", 50.0),
            ("staff", "2025-11", 61.0), ("pupils", "2025-11", 60.0),
        )
    }  # fmt: skip
    assert drafted(scores=waves).findings == ()
    del waves["staff-2025-11"]  # staff were not asked again: what both said is two years old
    assert drafted(scores=waves).findings == ()
    old = {name: each for name, each in waves.items() if name.endswith("2023-11")}
    assert [each.finding_id for each in drafted(scores=old).findings] == ["gap_safety_2023-11"]


@pytest.mark.parametrize("rate", [1.5, 15.0, 40.0])
def test_a_rate_that_differs_by_phase_is_held_to_no_line_of_all_phases(rate: float) -> None:
    row = {
        "urn": finding.URN, "year": "2025/26", "measure": "suspensions", "cut": "all",
        "label": "all", "reason": "", "n_pupils": 1000, "n_affected": 90, "total": 120,
        "rate": rate, "rate_low": rate - 1, "rate_high": rate + 1,
    }  # fmt: skip
    kinds = {name: kind for name, kind in frames.BEHAVIOUR.schema.items() if name in row}
    held = frames.BEHAVIOUR.fill(finding.pl.DataFrame([row], schema_overrides=kinds))
    (evidence,) = of(drafted(behaviour=held), "expectations_uneven").evidence
    assert (evidence.says, evidence.strength) == ("cannot_tell", "unclear")
    assert "held to no line" in evidence.text


def test_a_national_figure_of_the_same_month_is_held_to() -> None:
    """In December 2023 65 % of the nation's pupils felt safe: 62 is not clearly below."""
    plain = finding.scores("pupils", wave="2023-12")
    low = plain.with_columns(low=plain["value"] - 2, high=plain["value"] + 2)
    same = of(drafted(scores={"a": low}), "places_unsafe")
    assert "of the nation" in same.evidence[0].text
    assert same.evidence[0].says == "for"
    other = low.with_columns(wave=low["wave"].str.replace("2023-12", "2023-11"))
    assert of(drafted(scores={"a": other}), "places_unsafe").evidence[0].says == "cannot_tell"


def test_what_is_hidden_speaks_for_nothing() -> None:
    hidden = finding.scores("pupils").with_columns(
        value=None, low=None, high=None, value_mark=finding.pl.lit("c"), said=finding.pl.lit("")
    )
    found = drafted(scores={"a": hidden})
    assert {each.how_sure for each in found.findings} == {"cannot_tell"}


def test_the_order_in_which_things_were_brought_changes_nothing(tmp_path: Path) -> None:
    saw = [f"o{n},routines_differ,school,for,Seen {n},,2025-11-{n + 10}" for n in range(6)]
    drafts = set()
    for seed in range(4):
        random.Random(seed).shuffle(saw)
        at = finding.folder(tmp_path / str(seed), observations_csv=SAW + "\n".join(saw) + "\n")
        found = diagnosis.diagnose(diagnosis.finding.read_inputs(at))
        drafts.add(str(found.findings))
    assert len(drafts) == 1


def test_a_folder_is_read_and_its_files_are_named(tmp_path: Path) -> None:
    at = finding.folder(
        tmp_path / "in", marks_json=finding.told(finding.marks(pupils=40, weeks=2)),
        pupils_scores=finding.scores("pupils"), self_assessment_csv=finding.assessed({}),
        target_json={"year": "2025/26", "expected_percent": 6.0, "low_percent": 5.0,
                     "high_percent": 7.0},
        observations_csv=SAW + "o1,transport,school,for,'=1+1,,\n",
        barriers_csv="root_cause,extent\ntransport,The last bus leaves at three\n",
    )  # fmt: skip
    read = diagnosis.finding.read_inputs(at)
    assert {each.name for each in read.files} == {
        "school.json", "marks.json", "surveys/pupils/scores.csv", "self_assessment.csv",
        "target.json", "observations.csv", "barriers.csv",
    }  # fmt: skip
    assert read.observations[0].text == "=1+1"
    assert diagnosis.diagnose(read) == diagnosis.diagnose(diagnosis.finding.read_inputs(at))
    assert diagnosis.diagnose(read).barriers[0].extent == "The last bus leaves at three"


@pytest.mark.parametrize(("files", "fault"), [
    ({"school_json": "{"}, "no JSON"),
    ({"school_json": {"urn": "1", "setting": "mainstream"}}, "another shape"),
    ({"notes_txt": "x"}, "no file that a diagnosis is drafted from"),
    ({"marks_json": {"format": 1}}, "another shape"),
    ({"observations_csv": SAW + "o1,rain,school,for,x,,\n"}, "root_cause that is none of ours"),
    ({"observations_csv": SAW + "o1,transport,parent,for,x,,\n"}, "by that is none of ours"),
    ({"observations_csv": SAW + "o1,transport,school,for,x,,soon\n"}, "seen_on that cannot be"),
    ({"observations_csv": "a,b\n1,2\n"}, "no column"),
    ({"barriers_csv": "root_cause,extent\nroutines_differ,x\n"}, "root_cause that is none of"),
    ({"observations_csv": " \n"}, "observations.csv is empty"),
    ({"behaviour_csv": b"\xff\xfe".decode("latin1")}, "no column"),
])  # fmt: skip
def test_a_broken_folder_is_refused_with_its_place(
    tmp_path: Path, files: dict[str, object], fault: str
) -> None:
    at = finding.folder(tmp_path / "in", **files)
    with pytest.raises(DataProblem) as caught:
        diagnosis.finding.read_inputs(at)
    assert fault in str(caught.value)
    assert "No diagnosis was drafted." in str(caught.value)


@pytest.mark.parametrize("left", ["Thumbs.db", ".DS_Store", "desktop.ini", "__MACOSX"])
def test_what_windows_and_macos_leave_stops_no_draft(tmp_path: Path, left: str) -> None:
    at = finding.folder(tmp_path / "in")
    (at / left).write_bytes(b"\xd0\xcf\x11\xe0")
    assert [each.name for each in diagnosis.finding.read_inputs(at).files] == ["school.json"]


@pytest.mark.parametrize(("saved_as", "fault"), [
    ("cp1252", "observations.csv, row 3: observations.csv is not in UTF-8"),
    ("utf-16", "is text in UTF-16, and should be UTF-8"),
])  # fmt: skip
def test_a_table_in_another_encoding_is_refused_with_what_to_do(
    tmp_path: Path, saved_as: str, fault: str
) -> None:
    rows = "o1,transport,school,for,Seen,,\no2,transport,school,for,The bus doesn\u2019t wait,,\n"
    at = finding.folder(tmp_path / "in")
    (at / "observations.csv").write_text(SAW + rows, encoding=saved_as)
    with pytest.raises(DataProblem) as caught:
        diagnosis.finding.read_inputs(at)
    assert fault in str(caught.value)
    assert "save it as CSV UTF-8" in str(caught.value)
    assert "wait" not in str(caught.value), "no cell is repeated"
    (at / "observations.csv").write_text(SAW + rows, encoding="utf-8-sig")
    assert diagnosis.finding.read_inputs(at).observations[1].text.endswith("doesn\u2019t wait")


def test_files_of_another_school_are_refused(tmp_path: Path) -> None:
    at = finding.folder(tmp_path / "in", urn="900002", pupils_scores=finding.scores("pupils"))
    with pytest.raises(DataProblem, match="of a school other than 900002"):
        diagnosis.finding.read_inputs(at)


def test_a_survey_that_nobody_knows_is_refused() -> None:
    strange = finding.scores("pupils").with_columns(measure="x" + finding.pl.col("measure"))
    with pytest.raises(DataProblem, match="items of no survey"):
        drafted(scores={"a": strange})
