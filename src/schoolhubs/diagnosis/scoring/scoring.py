"""Scoring a survey: from answers to what may be seen of them."""

import datetime
import itertools
from collections.abc import Sequence

import polars as pl

from schoolhubs.diagnosis.instruments import national_figures, national_items
from schoolhubs.diagnosis.scoring import telling
from schoolhubs.diagnosis.scoring.constants import constant
from schoolhubs.diagnosis.scoring.reading import own_groups
from schoolhubs.diagnosis.scoring.tables import comparing, itemwise, people, placing, releasing
from schoolhubs.diagnosis.scoring.tables.estimating import POOLED, estimated, weighted
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument
from schoolhubs.vocabulary.records.diagnosis.surveys import SurveyScores
from schoolhubs.vocabulary.records.disclosure import Release


def score(
    answers: pl.DataFrame, instrument: Instrument, *, population: pl.DataFrame | None = None,
    schools: pl.DataFrame | None = None, national: pl.DataFrame | None = None,
    earlier: pl.DataFrame | None = None, released: Sequence[Release] = (),
    by: Sequence[Sequence[str]] | None = None, is_pooled: bool = False, seed: int = 0,
) -> SurveyScores:  # fmt: skip
    """Score a survey of one or many schools and waves: the same answers give the same scores.

    Parameters
    ----------
    answers
        ``frames.ANSWERS`` with a column of points (whole numbers from 1, null where skipped) for
        each item.
    instrument
        What was asked.
    population
        ``frames.SURVEY_POPULATION``: who was asked. Without it nothing is weighted and the
        response is not known, which a warning says.
    schools
        ``urn``, ``phase``, ``fsm_percent``: the kinds that many schools are shrunk toward.
    national
        ``measure``, ``wave``, ``value`` (0-100), beside the instrument's own national figures.
    earlier
        ``frames.SURVEY_SCORES`` of earlier waves as they went out, which change is held against.
    released
        Releases that went out before, so that this one and they together tell no small group.
    by
        Group columns to cut by, each by itself or several together; every group column with an
        answer by itself unless given.
    is_pooled
        Score all waves of ``answers`` together as well, for a school too small for one.
    seed
        Of draws.

    Raises
    ------
    UsageError
        If a cut is no group column, or there is but one wave to pool.
    Conflict
        If earlier releases give a small group away.

    Examples
    --------
    >>> from schoolhubs import diagnosis
    >>> survey = diagnosis.instrument("pupil-survey")
    >>> points = {item.name: [4, 3, 2] * 10 for item in survey.items}
    >>> answers = pl.DataFrame({"urn": "900001", "wave": "2026-11", **points})
    >>> found = score(answers, survey)
    >>> found.scores.filter(kind="scale", measure="safety")["said"].to_list()
    ['67']
    """
    # Rows in the order of what they say: how a file was sorted tells nothing and changes nothing.
    population = None if population is None else frames.SURVEY_POPULATION.fill(population)
    items = [item.name for item in instrument.items]
    answers = frames.ANSWERS.fill(answers).with_columns(answers[name] for name in items)
    answers = answers.sort(answers.columns, nulls_last=True)
    counted = _counted(instrument)
    pooled = _pooled(answers) if is_pooled else {}
    whole = answers
    if pooled:
        joined = next(iter(pooled.values()))
        whole = pl.concat([answers, answers.with_columns(wave=pl.lit(joined))])
    cuts = _cuts(answers, by)
    columns = list(dict.fromkeys(name for cut in cuts for name in cut))
    scored = people.persons(whole, instrument, counted)
    weights, response = weighted(scored, population, instrument.respondents)
    rows, new = releasing.released(
        estimated(weights, people.measures(instrument), cuts), columns, instrument.respondents,
        name=f"{instrument.instrument_id} {'; '.join(answers['wave'].unique().sort())}",
        pooled=pooled, before=released,
    )  # fmt: skip
    response = releasing.response_shown(response, rows)
    rows = placing.shown(placing.placed(rows, response, schools, seed=seed), instrument.respondents)
    scores = frames.SURVEY_SCORES.fill(rows.sort("urn", "wave", "kind", "measure", "cut", "label"))
    draws = constant("bootstrap_draws")
    changes = _changes(scores, earlier, _national(instrument, national))
    return SurveyScores(
        instrument_id=instrument.instrument_id, version=instrument.version,
        fingerprint=instrument.fingerprint, respondents=instrument.respondents,
        scores=scores, response=response, changes=changes,
        reliability=itemwise.reliabilities(answers, instrument, draws=draws, seed=seed),
        item_differences=itemwise.item_differences(answers, instrument, counted),
        warnings=telling.warnings(response, scores, instrument),
        releases=(*released, *new),
    )  # fmt: skip


def _counted(instrument: Instrument) -> dict[str, tuple[int, ...]]:
    """Give the points that count as the national survey counts them, where it asks the same."""
    known = national_items()
    return {
        item.name: known[item.national].counted_points
        for item in instrument.items
        if item.national in known and known[item.national].counted_points
    }


def _pooled(answers: pl.DataFrame) -> dict[str, str]:
    waves = answers["wave"].unique().sort().to_list()
    if len(waves) < 2:
        raise UsageError("There is one wave only, so none can be pooled. Give answers of several.")
    return dict.fromkeys(waves, POOLED.join(waves))


def _cuts(answers: pl.DataFrame, by: Sequence[Sequence[str]] | None) -> list[tuple[str, ...]]:
    known = own_groups(answers)
    if by is None:
        return [(), *((name,) for name in known)]
    for name in (name for cut in by for name in cut):
        if name not in known:
            said = ", ".join(known) or "none"
            raise UsageError(f"Nobody's {name} is known. Cut by a group that answers hold: {said}.")
    # A cut by two is shown with the cuts by each, which its rows add up to.
    return [
        (),
        *dict.fromkeys((name,) for cut in by for name in cut),
        *dict.fromkeys(tuple(sorted(set(cut))) for cut in by if len(set(cut)) > 1),
    ]


def _national(instrument: Instrument, given: pl.DataFrame | None) -> pl.DataFrame:
    asked_of = constant("national_asked_of")[instrument.respondents]
    own = [
        {"measure": item.name, "wave": _month(figure.wave_on), "value": figure.percent}
        for item in instrument.items
        if item.national
        for figure in national_figures(item.national, asked_of)
        if figure.wave_on is not None
    ]
    schema = {"measure": pl.String, "wave": pl.String, "value": pl.Float64}
    frame = pl.DataFrame(own, schema=schema)
    if given is None:
        return frame
    both = pl.concat([frame, given.select(pl.col(n).cast(t) for n, t in schema.items())])
    return both.unique(["measure", "wave"], keep="last", maintain_order=True)


def _month(day: datetime.date) -> str:
    return f"{day:%Y-%m}"


def _changes(
    scores: pl.DataFrame, earlier: pl.DataFrame | None, national: pl.DataFrame
) -> pl.DataFrame:
    """Compare each wave with the one before it; pooled waves are compared with none."""
    both = scores if earlier is None else pl.concat(
        [earlier.join(scores, on=frames.SURVEY_SCORES.key, how="anti"), scores]
    )  # fmt: skip
    waves = both["wave"].unique().sort().to_list()
    single = [wave for wave in waves if POOLED not in wave]
    new = set(scores["wave"].unique())
    found = [
        comparing.changes(both.filter(wave=before), both.filter(wave=after), national)
        for before, after in itertools.pairwise(single)
        if after in new
    ]
    return pl.concat(found) if found else frames.SURVEY_CHANGES.empty()
