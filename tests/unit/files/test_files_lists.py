"""The programme's own lists: what is needed, what is kept, what is told."""

import datetime

import pytest

from schoolhubs import files
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import DataProblem

D = datetime.date


def codes(kind, path):
    with pytest.raises(DataProblem) as caught:
        files.read_list(path, kind)
    return [(p.code, p.row) for p in caught.value.problems]


@pytest.mark.parametrize(
    ("kind", "text", "frame"),
    [
        ("applications", "urn\n100000\n", frames.APPLICATIONS),
        ("leads", "urn\n100000\n", frames.LEADS),
        ("points", "id,lat,lon\na,51.5,-0.1\n", frames.POINTS),
        ("overrides", "kind,partner_urn,lead_urn\nban,100000,100001\n", frames.OVERRIDES),
        (
            "partnerships",
            "partner_urn,lead_urn,pathway,started_on\n100000,100001,core,2021-09-01\n",
            frames.PARTNERSHIPS,
        ),
    ],
)
def test_the_needed_columns_are_enough(saved, kind, text, frame):
    read = files.read_list(saved(text), kind)

    assert read.height == 1
    assert read.columns == list(frame.schema)
    frame.check(read)


def test_further_columns_are_kept_as_text(saved):
    path = saved("urn,applied_on,Senior Leaders,note\n100000,01/09/2021,3,=1+1\n")

    read = files.read_list(path, "applications")

    assert read["applied_on"].to_list() == [D(2021, 9, 1)]
    assert read["senior_leaders"].to_list() == ["3"]
    assert read["note"].to_list() == ["=1+1"]


@pytest.mark.parametrize(
    ("word", "said"),
    [("yes", True), ("TRUE", True), ("1", True), ("no", False), ("False", False), ("0", False)],
)
def test_yes_and_no_are_read_as_people_write_them(saved, word, said):
    path = saved(f"urn,is_topped_up\n100000,{word}\n100001,\n")

    assert files.read_list(path, "leads")["is_topped_up"].to_list() == [said, None]


def test_leads_compiled_from_the_press_are_read_and_those_without_a_urn_told(saved):
    path = saved(
        "programme,school_name_as_reported,trust_as_reported,urn,urn_match_method\n"
        "behaviour_hubs_2021,A School,T,141220,exact\nbehaviour_hubs_2021,B School,T,,not matched\n"
    )
    told = []

    read = files.read_list(path, "leads", tell=told.append)

    assert read.select("urn", "programme_id", "school_name", "reported_for").rows() == [
        ("141220", None, "A School", "behaviour_hubs_2021")
    ]
    assert [(p.row, p.value) for p in told] == [(3, "B School")]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("applications", "urn\n10000\n", [("bad_urn", 2)]),
        ("applications", "urn\n100000\n100000\n", [("repeated_row", 3)]),
        ("applications", "urn,applied_on\n100000,soon\n", [("bad_date", 2)]),
        ("applications", "school\nA\n", [("columns_missing", 1)]),
        ("leads", "urn,capacity_core\n100000,three\n", [("bad_capacity", 2)]),
        ("leads", "urn,is_topped_up\n100000,perhaps\n", [("not_yes_or_no", 2)]),
        (
            "leads",
            "urn,leads_from,leads_until\n100000,2021-09-01,\n100001,2021-09-01,2021-09-01\n",
            [("finished_before_started", 3)],
        ),
        (
            "overrides",
            "kind,partner_urn,lead_urn\nlike,100000,100001\n",
            [("unknown_kind", 2)],
        ),
        (
            "partnerships",
            "partner_urn,lead_urn,pathway,started_on\n100000,100000,core,2021-09-01\n",
            [("own_partner", 2)],
        ),
        (
            "partnerships",
            "partner_urn,lead_urn,pathway,started_on,finished_on\n100000,100001,x,2021-09-01,2021-09-01",
            [("finished_before_started", 2)],
        ),
        ("points", "id,lat,lon\na,,0\n", [("missing_value", 2)]),
        (
            "points",
            "id,lat,lon\na,0.1,51.5\n",
            [("place_outside_england", 2), ("place_outside_england", 2)],
        ),
        ("points", "id,lat,lon\na,51.5,0\na,51.6,0\n", [("repeated_row", 3)]),
    ],
)
def test_faults_are_told_with_their_rows(saved, kind, text, expected):
    assert codes(kind, saved(text)) == expected


def test_one_school_may_apply_for_two_pathways(saved):
    path = saved("urn,pathway\n100000,core\n100000,extended\n")

    assert files.read_list(path, "applications").height == 2


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        ("applications", "urn,leads_from\n100000,\n", ("leads", "applications")),
        ("leads", "urn,applied_on\n100000,\n", ("applications", "leads")),
        (
            "overrides",
            "partner_urn,lead_urn,pathway,started_on\n100000,100001,core,2021-09-01\n",
            ("partnerships", "overrides"),
        ),
    ],
)
def test_a_list_in_the_place_of_another_is_refused(saved, kind, text, says):
    with pytest.raises(DataProblem) as caught:
        files.read_list(saved(text), kind)

    (problem,) = caught.value.problems
    assert problem.code == "another_list"
    assert problem.fault == "this is a list of {}; --{} wants a list of {}".format(*says, says[1])


def test_a_list_that_might_be_either_is_taken_as_what_it_is_given_for(saved):
    text = "urn,leads_from,applied_on\n100000,,\n"

    assert files.read_list(saved(text), "leads").height == 1
    assert files.read_list(saved(text), "applications").height == 1


def test_rulings_are_read_whatever_their_capitals(saved):
    path = saved("urn,pathway,verdict,reason,decided_by\n100000,core,YES,Seen,A. Person\n")
    read = files.read_list(path, "rulings")
    frames.RULINGS.check(read)
    assert read.rows() == [("100000", "core", "yes", "Seen", "A. Person")]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("100000,core,maybe,Seen,A. Person\n", [("unknown_verdict", 2)]),
        ("100000,core,yes,Seen,A. Person\n" * 2, [("repeated_row", 3)]),
        ("100000,core,yes,,A. Person\n", [("missing_value", 2)]),
        ("100000,core,yes,Seen,\n", [("missing_value", 2)]),
    ],
)
def test_a_ruling_that_settles_nothing_is_told(saved, rows, found):
    path = saved("urn,pathway,verdict,reason,decided_by\n" + rows)
    assert codes("rulings", path) == found
