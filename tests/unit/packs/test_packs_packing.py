"""The pack on disk: every file or none, and a record that repeats the round."""

import dataclasses
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from schoolhubs import packs
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.records.matching import FloorResult
from schoolhubs.vocabulary.records.round import Round

FILES = [
    "report.html",
    "decisions.csv",
    "matches.csv",
    "unmatched.csv",
    "hubs.csv",
    "placed.csv",
    "round.json",
]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_pack_holds_the_six_files_and_writes_them_as_they_are(
    held: Round, tmp_path: Path
) -> None:
    pack = packs.build(held)
    written = packs.write_pack(pack, tmp_path / "out" / "round")
    assert [path.name for path in written] == FILES
    assert {p.name: p.read_bytes().decode() for p in written} == dict(pack.files)
    assert contents(tmp_path / "out" / "round").keys() == set(FILES)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["round"]


def test_round_json_is_enough_to_repeat_the_round(held: Round) -> None:
    files = packs.build(held).files
    record = json.loads(str(files["round.json"]))
    assert record["command"] == held.command
    assert record["command_note"] == (
        "Files and folders stand by their names, without the folders they were in."
    )
    assert record["command_note"].removesuffix(".") in str(files["report.html"])
    assert record["seed"] == held.seed
    assert record["definition_version"] == "3"
    assert record["solver"] == "network simplex 1.0"
    assert record["lower_bound_minutes"] == round(held.result.lower_bound_minutes, 2)
    assert record["floors"] == []
    assert record["timings_seconds"] == {"eligibility": 0.4, "matching": 0.6}
    assert record["inputs"][0]["sha256"] == "ab" * 32
    assert record["budget"]["lines"][0]["amount_pence"] == 155_124_000
    assert record["rules"]["preferred_maximum_minutes"] == 120
    for output in record["outputs"]:
        text = str(files[output["name"]]).encode()
        assert output["sha256"] == hashlib.sha256(text).hexdigest()
    assert [output["name"] for output in record["outputs"]] == FILES[:-1]


def test_minutes_in_the_record_are_to_hundredths(held: Round) -> None:
    noisy = dataclasses.replace(held.result.goals[1], value=148.51399999999998, bound=0.1 + 0.2)
    result = dataclasses.replace(
        held.result, goals=(noisy,), total_minutes=148.51399999999998, lower_bound_minutes=0.1 + 0.2
    )
    record = json.loads(
        str(packs.build(dataclasses.replace(held, result=result)).files["round.json"])
    )
    (goal,), summary = record["goals"], record["summary"]
    assert (goal["value"], goal["bound"]) == (148.51, 0.3)
    assert (record["total_minutes"], record["lower_bound_minutes"]) == (148.51, 0.3)
    assert (summary["total_minutes"], summary["lower_bound_minutes"]) == (148.51, 0.3)
    for value in summary["travel_minutes"].values():
        assert value == round(value, 2)


def test_floors_stand_in_the_record_with_what_held_them_back(held: Round) -> None:
    floor = FloorResult(
        group="North East",
        n_partners=20,
        n_matched=12,
        n_wanted=15,
        n_floor=12,
        need_share=0.6,
        national_need_share=0.8,
        binding_lead_urns=("900001", "900002"),
        n_binding_places=12,
    )
    result = dataclasses.replace(held.result, floors=(floor,))
    files = packs.build(dataclasses.replace(held, result=result)).files
    (told,) = json.loads(str(files["round.json"]))["floors"]
    assert told == floor.as_dict()
    assert told["binding_lead_urns"] == ["900001", "900002"]


def test_an_earlier_pack_is_replaced_and_other_files_stay(held: Round, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    packs.write_pack(packs.build(held), tmp_path)
    later = packs.build(dataclasses.replace(held, seed=99))
    packs.write_pack(later, tmp_path)
    assert json.loads((tmp_path / "round.json").read_text())["seed"] == 99
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_bytes_beside_the_texts_are_written_too(tmp_path: Path) -> None:
    packs.write_pack(packs.Pack(files={"a.txt": "é\n", "b.bin": b"\x00\xff"}), tmp_path / "p")
    assert contents(tmp_path / "p") == {"a.txt": "é\n".encode(), "b.bin": b"\x00\xff"}


def test_a_failure_while_writing_leaves_no_trace(tmp_path: Path) -> None:
    broken = packs.Pack(files={"a.txt": "new", "no/such/folder.txt": "x"})
    with pytest.raises(OSError, match=r"folder\.txt"):
        packs.write_pack(broken, tmp_path / "round")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_while_replacing_puts_everything_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packs.write_pack(packs.Pack(files={"a.txt": "old a", "b.txt": "old b"}), tmp_path / "r")
    before = contents(tmp_path / "r")

    def interrupt(source: object, target: object) -> None:
        if Path(str(target)).name == "c.txt":
            raise KeyboardInterrupt
        original(source, target)

    original: Callable[[object, object], None] = os.replace
    new = packs.Pack(files={"a.txt": "new a", "b.txt": "new b", "c.txt": "new c"})
    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        packs.write_pack(new, tmp_path / "r")
    assert contents(tmp_path / "r") == before
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_a_file_is_not_taken_for_a_folder(held: Round, tmp_path: Path) -> None:
    (tmp_path / "round").write_text("a file")
    with pytest.raises(UsageError, match=r"is a file\. A round pack is a folder"):
        packs.write_pack(packs.Pack(files={}), tmp_path / "round")


def test_the_report_of_a_national_round_is_small_enough_to_send(
    make_round: Callable[..., Round],
) -> None:
    held = make_round(n_schools=22_000, n_applicants=5_500, n_hubs=90, places=55)
    files = packs.build(held).files
    assert len(str(files["report.html"]).encode()) < 600_000
