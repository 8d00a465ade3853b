"""What a school has, as the files that ``schoolhubs diagnosis draft`` reads.

Pages draft from these very files, so the command gives the same answer to whoever downloads them.
"""

import io
import json
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from schoolhubs import diagnosis
from schoolhubs.service.attendance.queries import finding_of
from schoolhubs.service.diagnosis.assessing.queries import answer_set_of, assessments_of, school_now
from schoolhubs.service.diagnosis.day.queries import barriers_of, open_day, seen_on, setting_of
from schoolhubs.service.diagnosis.models import AssessmentState, BehaviourReturn
from schoolhubs.service.surveys.queries import closed_surveys, scores_of
from schoolhubs.service.surveys.scores.scoring import read as read_scores
from schoolhubs.service.targets.queries import standing
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.records.diagnosis import Diagnosis
from schoolhubs.vocabulary.tables import csv_text

FORMAT = 1
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def files_of(urn: str) -> dict[str, str]:
    """Give the inputs of a school's diagnosis by name; what there is not has no file."""
    school = school_now(urn)
    told = {"urn": urn, "setting": setting_of(school.phase)}
    files = {"school.json": _json(told)}
    marks = finding_of(urn)
    if marks is not None and marks.content.get("format") == FORMAT:
        files["marks.json"] = _json(marks.content)
    fit, target = standing(urn)
    if fit is not None and target is not None:
        names = ("expected_percent", "target_percent", "low_percent", "high_percent")
        figures = {name: getattr(target, name) for name in names}
        files["target.json"] = _json({"year": fit.year, **figures})
    return {**files, **dict(_tables(urn))}


def _json(told: Mapping[str, object]) -> str:
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True)


def _tables(urn: str) -> Iterator[tuple[str, str]]:
    behaviour = BehaviourReturn.objects.filter(urn=urn).last()
    if behaviour is not None:
        yield "behaviour.csv", behaviour.content
    for survey in closed_surveys(urn):
        kept = scores_of(survey)
        if kept is not None:
            folder = f"{survey.respondents}-{survey.wave}-{survey.instrument_id}"
            scores = read_scores(kept).scores
            yield f"surveys/{folder}/scores.csv", csv_text(scores)
    finished = assessments_of([urn]).filter(state=AssessmentState.FINISHED)
    newest = {each.instrument_id: each for each in reversed(finished)}
    if newest:
        sets = [answer_set_of(newest[name]) for name in sorted(newest)]
        yield "self_assessment.csv", csv_text(diagnosis.answers.to_frame(sets))
    yield from _of_the_day(urn)


def _of_the_day(urn: str) -> Iterator[tuple[str, str]]:
    day = open_day(urn)
    seen = [
        {"observation_id": f"o{at}", "root_cause": each.root_cause, "by": each.side,
         "says": each.says, "text": each.text, "place": each.place or None,
         "seen_on": each.day.held_on}
        for at, each in enumerate(seen_on(day) if day else [], start=1)
    ]  # fmt: skip
    if seen:
        yield "observations.csv", _csv(frames.OBSERVATIONS, seen)
    barriers = [
        {"root_cause": name, "extent": each.extent, "body": each.body,
         "referral": each.referral or None, "referred_on": each.referred_on,
         "answer": each.answer or None, "answered_on": each.answered_on}
        for name, each in sorted(barriers_of(urn).items())
    ]  # fmt: skip
    if barriers:
        yield "barriers.csv", _csv(frames.BARRIERS, barriers)


def _csv(frame: frames.Frame, rows: Sequence[Mapping[str, object]]) -> str:
    return csv_text(frame.fill(pl.DataFrame(rows, schema_overrides=frame.schema)))


def drafted(files: Mapping[str, str]) -> Diagnosis:
    """Draft from files, as the command does."""
    with tempfile.TemporaryDirectory() as name:
        for each, text in files.items():
            path = Path(name, each)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return diagnosis.diagnose(diagnosis.finding.read_inputs(Path(name)))


def zipped(files: Mapping[str, str]) -> bytes:
    """Put files into a folder to take along: the same files give the same bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as folder:
        for name in sorted(files):
            folder.writestr(zipfile.ZipInfo(name, LONG_AGO), files[name])
    return held.getvalue()
