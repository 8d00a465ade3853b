"""``data inspect``, ``data build`` and ``schools show``: keys, exit codes, nothing half written."""

import json

import pytest

from schoolhubs.cli import main

GIAS = (
    "URN,LA (code),LA (name),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (code),"
    "TypeOfEstablishment (name),EstablishmentStatus (name),OpenDate,CloseDate,"
    "PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,Easting,Northing\n"
    "100001,391,Newcastle,2000,First School,01,Community school,Open,,,Primary,3,11,425000,565000\n"
    "100002,391,Newcastle,2001,=2+2,01,Community school,Closed,,31-08-2017,Primary,3,11,,\n"
)
ABSENCE = (
    "time_period,year_breakdown,geographic_level,region_name,old_la_code,la_name,laestab,urn,"
    "school_type,academy_type,academy_open_date,all_through,enrolments,sess_possible,sess_overall,"
    "sess_authorised,sess_unauthorised,sess_overall_percent,enrolments_pa_10_exact,"
    "enrolments_pa_10_exact_percent\n"
    "201718,six half terms,School,North East,391,Newcastle,3912000,100001,State-funded primary,"
    ",,,200,76000,3800,3800,0,5.0,20,10.0\n"
)
CENSUS = (
    "URN,LA,ESTAB,SCHOOLTYPE,NOR,NORG,NORB,PNORG,PNORB,TSENELSE,PSENELSE,TSENELK,PSENELK,NUMEAL,"
    "NUMENGFL,NUMUNCFL,PNUMEAL,PNUMENGFL,PNUMUNCFL,NUMFSM,NUMFSMEVER,PNUMFSMEVER\n"
    "100001,391,2000,State-funded primary,424,212,212,50,50,11,2.6,27,6.4,8,415,1,1.9,97.9,0.2,45,"
    "49,11.6\n"
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "gias.csv").write_text(GIAS)
    (tmp_path / "in" / "absence.csv").write_text(ABSENCE)
    return tmp_path


@pytest.fixture
def run(capsys, monkeypatch):
    """Run a command as the terminal would; give its exit code, output and talk."""

    def call(*arguments):
        words = [str(argument) for argument in arguments]
        monkeypatch.setattr("sys.argv", ["schoolhubs", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(words)
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return call


@pytest.fixture
def build(run, folder):
    """Build a register of some sources, as at 1 September 2018."""

    def call(*sources, options=()):
        wanted = ("--on", "2018-09-01", "--out", folder / "register")
        return run("data", "build", "--from", *sources, *wanted, "--json", *options)

    return call


def test_inspect_has_the_keys_and_exits_0_if_all_is_recognised(folder, run):
    code, out, _ = run("data", "inspect", folder / "in", "--json")

    listed = json.loads(out)["files"]
    assert code == 0
    assert [file["kind"] for file in listed] == ["ees_absence", "gias_extract"]
    assert {"path", "kind", "series", "year", "rows", "problems"} <= set(listed[0])
    assert (listed[0]["year"], listed[0]["rows"], listed[0]["problems"]) == ("2017/18", 1, [])


def test_inspect_exits_3_if_one_file_is_not_recognised(folder, run):
    (folder / "in" / "other.csv").write_text("a,b\n1,2\n")

    code, out, _ = run("data", "inspect", folder / "in")

    assert code == 3
    assert "no published layout has the header a, b" in out


def test_build_writes_a_register_and_says_what_is_in_it(folder, build):
    (folder / "in" / "other.csv").write_text("a,b\n1,2\n")

    code, out, _ = build(folder / "in")

    said = json.loads(out)
    assert code == 0
    assert (said["schools"], said["open_schools"], said["absence_school_years"]) == (2, 1, 1)
    assert [problem["code"] for problem in said["problems"]] == ["not_recognised"]
    assert (folder / "register" / "register.json").exists()


def test_sources_may_follow_one_another(folder, build):
    code, out, _ = build(folder / "in" / "gias.csv", folder / "in" / "absence.csv")

    assert code == 0
    assert json.loads(out)["absence_school_years"] == 1


def test_a_bad_file_gives_every_problem_exit_3_and_nothing_written(folder, build):
    rows = "".join(
        ABSENCE.splitlines()[1].replace("3800,3800", f"{76001 + n},3800") + "\n" for n in range(2)
    )
    (folder / "in" / "bad.csv").write_text(ABSENCE.splitlines()[0] + "\n" + rows)
    (folder / "in" / "cut.csv.gz").write_bytes(b"\x1f\x8b cut")

    code, out, err = build(folder / "in")

    assert code == 3
    codes = {problem["code"] for problem in json.loads(out)["problems"]}
    assert {"sess_overall_above_sess_possible", "repeated_urn", "damaged_archive"} <= codes
    assert "bad.csv, row 2" in err
    assert err.strip().endswith("Nothing was written.")
    assert not (folder / "register").exists()


def test_a_named_file_of_another_kind_is_a_fault(folder, build):
    other = folder / "other.csv"
    other.write_text("a,b\n1,2\n")

    code, _, err = build(folder / "in", other)

    assert code == 3
    assert "Nothing was written." in err


def test_a_year_can_be_given_for_a_file_that_does_not_say_it(folder, build):
    (folder / "in" / "abs.csv").write_text(
        "LA,ESTAB,URN,PERCTOT,PPERSABS10\n391,2000,100001,4.4,9\n"
    )

    refused, _, err = build(folder / "in")
    code, out, _ = build(folder / "in", options=("--year", "abs.csv=2016/17"))

    assert refused == 3
    assert "--year abs.csv=2018/19" in err
    assert (code, json.loads(out)["absence_school_years"]) == (0, 2)


def test_an_absent_path_is_wrong_usage(folder, build):
    code, _, err = build(folder / "nowhere")

    assert code == 2
    assert "There is no file or folder" in err


def test_schools_show_tells_the_line_and_the_figures(folder, run, build):
    build(folder / "in")

    code, out, _ = run("schools", "show", "100001", "--register", folder / "register")
    _, told, _ = run("schools", "show", "100001", "--register", folder / "register", "--json")

    assert code == 0
    assert "First School (URN 100001)" in out
    assert "2017/18  100001    5.0 (10.0)  census, 6 half terms" in out
    assert json.loads(told)["absence"][0]["sess_overall_percent"] == 5.0


def test_a_date_far_from_the_newest_list_is_warned_of(folder, run):
    (folder / "in" / "gias.csv").rename(folder / "in" / "edubasealldata20260131.csv")
    near, far = folder / "near", folder / "far"

    code, out, quiet = run(
        "data", "build", "--from", folder / "in", "--on", "2022-01-01", "--out", near
    )
    assert code == 0
    assert "warned" not in out
    assert "Warning" not in quiet

    code, out, err = run(
        "data", "build", "--from", folder / "in", "--on", "2015-01-01", "--out", far
    )
    assert code == 0
    assert "schools, warned: 2 establishments; the list nearest to the date is of 2026-01" in out
    assert "Warning: 2 establishments" in err
    assert "11 years after it" in err


def test_schools_show_says_which_context_is_later_than_the_date(folder, run, build):
    (folder / "in" / "england_census_201920.csv").write_text(CENSUS)
    (folder / "in" / "england_census_201718.csv").write_text(CENSUS.replace("100001", "100002"))
    assert build(folder / "in")[0] == 0

    _, later, _ = run("schools", "show", "100001", "--register", folder / "register")
    _, known, _ = run("schools", "show", "100002", "--register", folder / "register")

    assert "2019/20; later than the date of the register)" in later
    assert "2017/18)" in known


def test_an_unknown_urn_exits_3(folder, run, build):
    build(folder / "in")

    code, _, err = run("schools", "show", "999999", "--register", folder / "register")

    assert code == 3
    assert "has no school 999999" in err


def test_figures_withheld_in_both_rows_of_a_urn_stay_unknown_to_the_end(folder, run, build):
    header, row, *_ = ABSENCE.splitlines()
    kept, figures = row.split(",,,200,")[0], header.split(",all_through,")[1].split(",")
    rows = [
        ",".join([kept.replace("3912000", laestab) + ",,", *["c"] * len(figures)])
        for laestab in ("3912000", "3922000")
    ]
    listed = GIAS.replace("01,Community school,Open", "07,Community special school,Open")
    (folder / "in" / "gias.csv").write_text(listed)
    text = "\n".join([header, *rows]).replace("State-funded primary", "Special")
    (folder / "in" / "absence.csv").write_text(text + "\n")
    register = ("--register", folder / "register", "--on", "2018-09-01", "--json")

    assert build(folder / "in")[0] == 0
    asked = ("--programme", "special-ap-hubs-example", *register)
    _, checked, _ = run("eligibility", "check", "--urn", "100001", *asked)
    code, _, talk = run("round", "run", *asked, "--out", folder / "round")

    decided = next(d for d in json.loads(checked)["pathways"] if d["pathway"] == "paired")
    need = next(r for r in decided["reasons"] if r["rule"] == "needs_support")
    assert (need["verdict"], need["value"]) == ("cannot tell", "persistent absence withheld (c)")
    assert code == 0, talk
