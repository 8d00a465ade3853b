"""A diagnosis as a record: written and read back, faults named with their place."""

import dataclasses
import datetime

import pytest

from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.diagnosis import (
    Barrier,
    Diagnosis,
    Evidence,
    Finding,
    InputRead,
    Missing,
)

WHOLE = Diagnosis(
    urn="900001",
    rules_version="1.0",
    inputs=(InputRead(name="marks.json", fingerprint="abcdefabcdef"),),
    findings=(
        Finding(
            finding_id="first_day_late",
            root_cause="first_day_late",
            topics=("attendance",),
            rank=1,
            evidence=(
                Evidence(kind="marks", measure="no_reason", says="for", text="...", value=2.5),
            ),
        ),
    ),
    barriers=(Barrier(root_cause="transport", referred_on=datetime.date(2026, 11, 3)),),
    missing=(Missing(kind="survey", text="No survey of pupils."),),
    confirmed_by="Head",
    confirmed_on=datetime.date(2026, 11, 20),
)


def test_a_diagnosis_is_read_back_as_it_was_written() -> None:
    assert Diagnosis.from_dict(WHOLE.as_dict()) == WHOLE


def test_its_digest_changes_with_anything_it_says() -> None:
    other = dataclasses.replace(WHOLE, confirmed_by="Deputy")
    assert len(WHOLE.digest) == 12
    assert other.digest != WHOLE.digest


def test_every_fault_is_named_with_its_place() -> None:
    given = WHOLE.as_dict()
    given["findings"][0]["rank"] = "first"
    given["findings"][0]["evidence"][0].pop("text")
    given["verdict"] = "good"
    with pytest.raises(DataProblem) as caught:
        Diagnosis.from_dict(given)
    assert {each.column for each in caught.value.problems} == {
        "findings.first_day_late.rank",
        "findings.first_day_late.evidence.1.text",
        "verdict",
    }
    assert "The diagnosis was not read." in str(caught.value)
