"""A bad definition is refused, with file, line, column, value and what to do."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from schoolhubs import programmes
from schoolhubs.vocabulary.errors import DataProblem

# file, what is replaced, by what, words on the line it is told to stand on, and of the message
FAULTS = {
    "unknown key": ("money.yaml", "rule: require", "rul: require", "rul:", "the key rul is not"),
    "missing key": ("money.yaml", "    unit: pence\n", "", "grant_pence", "unit is missing"),
    "wrong unit": ("money.yaml", "unit: pence", "unit: pounds", "unit: pounds", "'pounds' is not"),
    "odd date": ("money.yaml", "{2025-09-01: 0}", "{Sept: 0}", "{Sept: 0}", "'Sept' is not a date"),
    "no such day": (
        "money.yaml", "{2025-09-01: 0}", "{2025-02-30: 0}", "02-30", "02-30 is not in the calendar",
    ),
    "text for a number": ("money.yaml", "25000", "plenty", "plenty", "'plenty' does not fit"),
    "negative money": ("money.yaml", "25000", "-1", ": -1", "-1 does not fit"),
    "unknown status": (
        "money.yaml", "status: assumed", "status: guessed", "guessed", "'guessed' is not taken",
    ),
    "unknown source": (
        "money.yaml", "source: merged", "source: rumour", "rumour", "no source is called 'rumour'",
    ),
    "assumed without why": (
        "money.yaml",
        "    why: No payment to partners was found, so none is assumed.\n",
        "",
        "2025-09-01: 0",
        "it is assumed, but not why",
    ),
    "repeated key": (
        "money.yaml", "    unit: pence\n", "    unit: pence\n    unit: pence\n", "unit: pence",
        "was given before",
    ),
    "not yaml": ("money.yaml", "    unit: pence", "   unit: pence", "unit:", "this is not YAML"),
    "alias": ("money.yaml", "grant:\n", "grant: &a\n  again: *a\n", "grant: &a", "an alias"),
    "unknown pathway": (
        "eligibility.yaml", "[enhanced, regional]", "[enhanced, local]", "[enhanced, local]",
        "there is no pathway 'local'",
    ),
    "unknown column": (
        "eligibility.yaml", "reads: is_open", "reads: is_sunny", "is_sunny", "'is_sunny' is no col",
    ),
    "question of an unknown phase": (
        "eligibility.yaml", "    pathways: [enhanced]\n    status: assumed\n",
        "    pathways: [enhanced]\n    phases: [infants]\n    status: assumed\n",
        "phases: [infants]",
        "'infants' is no phase",
    ),
    "an answer of schools that are never asked": (
        "eligibility.yaml",
        "ready to make changes?\n    kind: yes_no\n",
        "ready to make changes?\n    kind: yes_no\n    phases: [special]\n",
        "reads: ready_to_change", "ready_to_change is asked of special alone",
    ),
    "unknown question": (
        "eligibility.yaml", "reads: ready_to_change", "reads: wishes", "wishes", "is no question",
    ),
    "a list is asked for": (
        "eligibility.yaml", "{2025-05-01: [true]}", "{2025-05-01: true}", "{2025-05-01: true}",
        "asks for a list",
    ),
    "unknown kind": (
        "eligibility.yaml", "kind: any_of", "kind: some_of", "some_of", "'some_of' is not taken",
    ),
    "likeness by words": (
        "matching.yaml", "[n_pupils, fsm", "[region, fsm", "[region, fsm",
        "'region' is no number held by partners and leads",
    ),
    "unknown phase": (
        "matching.yaml", "primary: [primary,", "primary: [infants,", "2025-05-01:",
        "'infants' does not fit",
    ),
    "unknown choice": ("matching.yaml", ": office}", ": chance}", "chance", "'chance' is not"),
    "unknown need not settled": (
        "matching.yaml", "{2025-05-01: phase}", "{2025-05-01: need_type_and_age}", "compatibility",
        "where a need type or age range is not known",
    ),
    "more leaders than an application has room for": (
        "programme.yaml", "{2025-09-01: 3}", "{2025-09-01: 9}", "{2025-09-01: 9}",
        "9 does not fit the unit leaders",
    ),
    "share above one": ("matching.yaml", "0.8}", "80}", "80}", "80 does not fit the unit"),
    "superseded and nothing newer": (
        "pathways.yaml", "{2025-05-01: 6}", "{2025-05-01: {value: 6, status: superseded}}",
        "superseded", "the newest value is called superseded",
    ),
}  # fmt: skip
Spoil = Callable[[str, str, str], Path]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_its_place(name: str, spoil: Spoil) -> None:
    file, old, new, stands_on, words = FAULTS[name]
    folder = spoil(file, old, new)
    problems = programmes.check(folder)
    told = [problem for problem in problems if words in problem.fault]
    assert told, [str(problem) for problem in problems]
    assert told[0].file == file
    assert stands_on in (folder / file).read_text().splitlines()[told[0].row - 1]
    assert "column" in told[0].fault
    assert told[0].remedy
    with pytest.raises(DataProblem, match="The definition was not used"):
        programmes.load(folder)


def test_a_good_definition_has_no_problem(copy: Path) -> None:
    assert programmes.check(copy) == ()


def test_all_faults_are_listed_at_once(spoil: Spoil) -> None:
    spoil("money.yaml", "unit: pence", "unit: pounds")
    spoil("matching.yaml", "rule: require", "rul: require")
    folder = spoil("pathways.yaml", "  name: Enhanced\n", "")
    codes = {problem.code for problem in programmes.check(folder)}
    assert codes == {"wrong_shape", "unknown_key", "missing_key"}


def test_a_misspelt_key_is_guessed(spoil: Spoil) -> None:
    problems = programmes.check(spoil("money.yaml", "    status:", "    statu:"))
    assert "Did you mean status?" in " ".join(problem.remedy for problem in problems)


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "money.yaml").unlink()
    assert "the file money.yaml is missing" in programmes.check(copy)[0].fault


def test_a_rule_dated_after_the_start_leaves_a_pathway_open(copy: Path) -> None:
    path = copy / "eligibility.yaml"
    path.write_text(path.read_text().replace("2025-05-01", "2031-05-01"))
    problems = programmes.check(copy)
    assert {problem.code for problem in problems} == {"no_rule"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00", "cannot be read"),
        (b"x" * 1_000_001, "more than 1,000,000"),
        (b"", "is not a mapping"),
        (b"[" * 3000, "this is not YAML"),
        (b"a: !!python/object:os.system {}", "not taken here"),
    ],
    ids=["encoding", "huge", "empty", "deep", "tag"],
)
def test_a_file_that_is_no_definition(copy: Path, content: bytes, words: str) -> None:
    (copy / "money.yaml").write_bytes(content)
    problems = programmes.check(copy)
    assert any(words in problem.fault for problem in problems), [str(each) for each in problems]


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    assert programmes.check(tmp_path / "nowhere")[0].code == "no_definition"


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(DataProblem, match="behaviour-hubs-2021, rise-hubs-2025"):
        programmes.load("behavior-hubs")


def test_yes_and_on_stay_words(copy: Path) -> None:
    shutil.rmtree(copy / "cases")
    programme = programmes.load(copy)
    assert programme.tree["eligibility"]["questions"]["ready_to_change"]["kind"] == "yes_no"
    assert "2025-05-01" in programme.tree["money"]["budget"]["total_pence"]["values"]
