"""Find the constants at which synthetic pupils miss as much school as published pupils do.

For each profile (2018/19, 2022/23) and phase group it adjusts, over one large England,

- odds of free meals and of special needs, until as many pupils have them as in that year;
- the effect of each cell of year group, free meals and need, until its share of persistent
  absentees is the published one;
- how much more pupils miss who come or leave in the year, until all of them together do;
- the spread of pupils within cells, until scores have spread 1, as the mixtures ask.

Then it adjusts how likely each reason is and when spells start, until the published parts of
absence by code, week and day come out.

It writes ``pupil_fit.yaml`` and ``pupil_spells.yaml`` in ``src/schoolhubs/synthetic/data``. Run it
after ``fit_synthetic_pupils.py`` or a change to the absence of schools; it takes some
ten minutes::

    .venv/bin/python scripts/tune_synthetic_pupils.py
"""

import argparse
import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import yaml
from scipy.stats import norm

from schoolhubs import synthetic
from schoolhubs.synthetic.calibration import GROUPS, calibration, read_csv, read_yaml
from schoolhubs.synthetic.pupils import constants as held
from schoolhubs.synthetic.pupils import marks, rates, rolls
from schoolhubs.synthetic.pupils.marking import reasons
from schoolhubs.synthetic.pupils.term_dates import school_year
from schoolhubs.vocabulary.calendar import AcademicYear

OUT = Path(__file__).resolve().parents[1] / "src" / "schoolhubs" / "synthetic" / "data"
SEED, N_SCHOOLS = 101, 6_000
PROFILES = ("2018/19", "2022/23")
SPECIAL, MORE_SPECIAL = GROUPS.index("special"), 12
TURNS, SETTLED = 12, 5  # after the first ones no more than little changes
# Bands of 5 points at whose upper edges scores are bent: 5, 10, 15, 20, 30 and 50 percent.
BEND_AT = [0, 1, 2, 3, 5, 9]
BENDS = (-1.0, 0.0, 1.0)
SPELL_SCHOOLS, SPELL_TURNS, SESSION_STEP = 300, 12, 2.0
LEAST_SHARE = 0.0002  # of absence: rarer codes are left as they start
DAILY_OVERALL = 7.5  # percent of sessions, the daily series of 2022/23 that weeks are published in
# Persistent absence of boys less that of girls, percent; special schools are not published apart.
# Pupil absence in schools in England, 2022/23; before it the gap is taken in proportion.
BOYS_LESS_GIRLS = {
    "2022/23": {"primary": 1.0, "secondary": -2.5, "special": 0.0},
    "2018/19": {"primary": 0.5, "secondary": -1.3, "special": 0.0},
}


def main() -> None:
    """Tune both profiles and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only-spells", action="store_true", help="leave pupil_fit.yaml alone")
    parser.add_argument("--only-rates", action="store_true", help="leave pupil_spells.yaml alone")
    parser.add_argument("--only-year", choices=PROFILES, help="leave the rates of the other alone")
    asked = parser.parse_args()
    worlds = {
        profile: synthetic.imagine(seed=SEED, n_schools=N_SCHOOLS, year=AcademicYear(profile))
        for profile in PROFILES
    }
    if not asked.only_spells:
        fit = dict(read_yaml("pupil_fit.yaml"))
        fit |= {
            profile: tuned(profile, _schools(england), england.year)
            for profile, england in worlds.items()
            if asked.only_year in (None, profile)
        }
        _write("pupil_fit.yaml", "effects in normal scores", fit)
        held.pupil_constants.cache_clear()
    if asked.only_rates:
        return
    spells = {profile: tuned_spells(profile, england) for profile, england in worlds.items()}
    _write("pupil_spells.yaml", "weights and starts are relative", spells)


def _schools(england: synthetic.England) -> pl.DataFrame:
    """Give the schools of an England with the special ones of more, since there are so few."""
    mainstream = rolls.schools_with_marks(england).filter(pl.col("group") != SPECIAL)
    parts = [mainstream]
    for k in range(MORE_SPECIAL):
        more = synthetic.imagine(seed=SEED + 1 + k, year=england.year)
        special = rolls.schools_with_marks(more).filter(pl.col("group") == SPECIAL)
        parts.append(special.with_columns(pl.col("school") + 1_000_000 * (k + 1)))
    return pl.concat(parts)


def _write(name: str, says: str, values: dict[str, Any]) -> None:
    text = f"# Written by scripts/tune_synthetic_pupils.py; {says}.\n"
    text += yaml.safe_dump(_rounded(values), sort_keys=False, width=100, default_flow_style=None)
    (OUT / name).write_text(text, encoding="utf-8")


def tuned(profile: str, schools: pl.DataFrame, year: AcademicYear) -> dict[str, Any]:
    """Tune one profile."""
    cells = read_csv("pupil_cells.csv").filter(pl.col("profile") == profile)
    fit = {group: _start(group, cells, profile) for group in GROUPS}
    laid = school_year(year)
    for _ in range(3):
        pupils = rolls.draw_pupils(schools, SEED, held.constants_of(profile, fit), laid)
        _match_shares(fit, pupils, schools, cells)
    pupils = rolls.draw_pupils(schools, SEED, held.constants_of(profile, fit), laid)
    held_back: dict[tuple[str, str], float] = {}
    for turn in range(TURNS):
        of = held.constants_of(profile, fit)
        score = rates.shifted_score(pupils, schools, of)
        missed = rates.sessions_missed(pupils, schools, of)
        if turn >= SETTLED:
            _hold_back(held_back, profile, pupils, schools, missed)
        found = _adjust(profile, fit, pupils, schools, cells, score, missed, held_back)
        print(profile, turn, found, flush=True)
    return fit


def _hold_back(
    held_back: dict[tuple[str, str], float],
    profile: str,
    pupils: rolls.Pupils,
    schools: pl.DataFrame,
    missed: Any,
) -> None:
    """Put off the edge of severe absence by as much as there is too much of it.

    Schools miss what their absence file says, a little more than the bands alone would; without
    this the rarest band would hold what is over.
    """
    severe = 2 * missed.astype(int) >= pupils.until - pupils.first
    group_of = schools["group"].to_numpy()[pupils.school]
    for g, group in enumerate(GROUPS):
        for e, eligibility in enumerate(held.ELIGIBILITIES):
            counts = _band_counts(profile, group, eligibility)
            inside = (group_of == g) & (pupils.eligibility == e)
            over = severe[inside].mean() - counts[-1] / counts.sum()
            of = group, eligibility
            held_back[of] = held_back.get(of, 0.0) + 0.5 * float(over)


def _start(group: str, cells: pl.DataFrame, profile: str) -> dict[str, Any]:
    of = cells.filter(pl.col("phase_group") == group)
    counts = {
        (e, d): of.filter(eligibility=e, need=d)["enrolments"].sum()
        for e in held.ELIGIBILITIES[:2]
        for d in held.NEEDS
    }
    bands = read_csv("pupil_bands.csv").filter(profile=profile, phase_group=group)
    all_of = {row[0]: sum(row[1:]) for row in bands.drop("profile", "phase_group").iter_rows()}
    moving = read_yaml("pupils.yaml")["moving"]["share"][group]
    ratio = counts["fsm", "sen"] * max(counts["not_fsm", "none"], 1)
    ratio /= max(counts["fsm", "none"], 1) * counts["not_fsm", "sen"]
    return {
        "fsm_odds": 1.0,
        "need_odds": 1.0,
        "need_odds_of_fsm": ratio if group != "special" else 1.0,
        "not_known_of_movers": all_of["not_known"] / sum(all_of.values()) / moving,
        "moving": 0.8,
        "boys": 0.0,
        "own_spread": 0.93,
        "own_spread_not_known": 0.97,
        "bends": {e: [list(BENDS), list(BENDS)] for e in held.ELIGIBILITIES},
        "effects": {
            e: {
                d: dict.fromkeys(of.filter(eligibility=e, need=d)["year_group"].to_list(), 0.0)
                for d in held.NEEDS
            }
            for e in held.ELIGIBILITIES[:2]
        },
    }


def _match_shares(
    fit: dict[str, Any], pupils: rolls.Pupils, schools: pl.DataFrame, cells: pl.DataFrame
) -> None:
    group_of = schools["group"].to_numpy()[pupils.school]
    for g, group in enumerate(GROUPS):
        of = cells.filter(pl.col("phase_group") == group)
        known = (group_of == g) & (pupils.eligibility != held.NOT_KNOWN)
        asked = of.filter(eligibility="fsm")["enrolments"].sum() / of["enrolments"].sum()
        found = (pupils.eligibility[known] == held.FSM).mean()
        fit[group]["fsm_odds"] *= asked / (1 - asked) / (found / (1 - found))
        if group != "special":
            asked = of.filter(need="sen")["enrolments"].sum() / of["enrolments"].sum()
            found = rolls.any_need(pupils.need[known]).mean()
            fit[group]["need_odds"] *= asked / (1 - asked) / (found / (1 - found))


def _adjust(
    profile: str,
    fit: dict[str, Any],
    pupils: rolls.Pupils,
    schools: pl.DataFrame,
    cells: pl.DataFrame,
    score: held.Numbers,
    missed: Any,
    held_back: dict[tuple[str, str], float],
) -> dict[str, Any]:
    group_of = schools["group"].to_numpy()[pupils.school]
    persistent = 10 * missed.astype(int) >= pupils.until - pupils.first
    need = rolls.any_need(pupils.need)
    said: dict[str, Any] = {}
    for g, group in enumerate(GROUPS):
        of, mine = fit[group], group_of == g
        known = mine & (pupils.eligibility != held.NOT_KNOWN)
        sums = []
        for row in cells.filter(phase_group=group).iter_rows(named=True):
            e, d = held.ELIGIBILITIES.index(row["eligibility"]), held.NEEDS.index(row["need"])
            inside = known & (pupils.eligibility == e) & (need == d)
            inside &= pupils.year_group == row["year_group"]
            if inside.sum() < 40:
                continue
            asked = row["persistent"] / row["enrolments"]
            found = np.clip(persistent[inside].mean(), 0.002, 0.998)
            change = 0.7 * (norm.ppf(asked) - norm.ppf(found)) * of["own_spread"]
            of["effects"][row["eligibility"]][row["need"]][row["year_group"]] += change
            sums.append((inside.sum(), row["enrolments"], asked))
        asked = np.average([s[2] for s in sums], weights=[s[1] for s in sums])
        # Everybody may be shifted alike without effect, so only differences are kept.
        middle = rates.known_score(pupils, group_of, held.constants_of(profile, fit))[known].mean()
        for by_need in of["effects"].values():
            for effects in by_need.values():
                for year_group in effects:
                    effects[year_group] -= middle
        found = persistent[known].mean()
        of["moving"] += (6.0 if group == "special" else 3.0) * (norm.ppf(asked) - norm.ppf(found))
        girls = (
            persistent[known & pupils.is_girl].mean() - persistent[known & ~pupils.is_girl].mean()
        )
        gap = BOYS_LESS_GIRLS[profile][group] / 100
        of["boys"] += (gap + girls) / norm.pdf(norm.ppf(asked)) * 0.7
        spread = np.mean([score[known & (pupils.eligibility == e)].std() for e in (0, 1)])
        of["own_spread"] = float(np.clip(of["own_spread"] / spread**1.1, 0.6, 1.0))
        for e, eligibility in enumerate(held.ELIGIBILITIES):
            inside = score[mine & (pupils.eligibility == e)]
            off = held_back.get((group, eligibility), 0.0)
            of["bends"][eligibility] = _bend(profile, group, eligibility, inside, off)
        unknown = score[mine & (pupils.eligibility == held.NOT_KNOWN)]
        of["own_spread_not_known"] = float(
            np.clip(of["own_spread_not_known"] / unknown.std(), 0.6, 1)
        )
        said[group] = [
            round(float(x), 3)
            for x in (
                asked * 100,
                found * 100,
                of["moving"],
                of["own_spread"],
                spread,
                score[known].mean(),
                unknown.mean(),
                of["boys"],
                (2 * missed[mine].astype(int) >= (pupils.until - pupils.first)[mine]).mean() * 100,
            )
        ]
    return said


def _band_counts(profile: str, group: str, eligibility: str) -> held.Numbers:
    bands = read_csv("pupil_bands.csv").filter(
        profile=profile, phase_group=group, eligibility=eligibility
    )
    return np.asarray(bands.drop("profile", "phase_group", "eligibility").to_numpy()[0])


def _bend(
    profile: str, group: str, eligibility: str, score: held.Numbers, held_back: float
) -> list[list[float]]:
    """Give scores and what to take them for, so that bands hold their published shares.

    ``held_back`` is the share of pupils by which the last edge comes later.
    """
    counts = _band_counts(profile, group, eligibility)
    reached = np.cumsum(counts)[BEND_AT] / counts.sum()
    reached[-1] = np.clip(reached[-1] + held_back, reached[-2] + 0.001, 0.9999)
    straight = {g: {"bends": {e: [[0, 1], [0, 1]] for e in held.ELIGIBILITIES}} for g in GROUPS}
    table = held.rate_tables(profile, calibration().mixtures, straight)
    of = table[GROUPS.index(group), held.ELIGIBILITIES.index(eligibility)]
    edges = (np.array(BEND_AT) + 1) * 0.05
    asked = np.interp(edges, of, held.SCORES)
    return [np.quantile(score, reached).tolist(), asked.tolist()]


def tuned_spells(profile: str, england: synthetic.England) -> dict[str, Any]:
    """Tune reasons and starts of spells of one profile."""
    laid = school_year(england.year)
    weeks = read_csv("pupil_weeks.csv")
    mix = reasons.absence_mix(profile, laid)
    modern = reasons.published_codes(profile).filter(~pl.col("code").is_in(list("LBPVWK")))
    fit: dict[str, Any] = {
        "weights": {
            group: dict(modern.filter(phase_group=group).select("code", "percent").iter_rows())
            for group in GROUPS
        },
        "weeks": {h: weeks.filter(half_term=h)["percent"].to_list() for h in range(1, 7)},
        "sessions": {group: [1.0, 0.15] * 4 + [1.2, 0.6] for group in GROUPS},
    }
    schools = rolls.schools_with_marks(england)
    schools = schools.sample(SPELL_SCHOOLS, seed=1).sort("school")
    maker = marks.maker_of(england, spells=fit)
    for turn in range(SPELL_TURNS):
        maker = dataclasses.replace(maker, spells=reasons.spell_tables(profile, laid, fit))
        made = maker.mark(schools)
        print(profile, turn, _adjust_spells(fit, made, maker, mix, weeks))
    return fit


def _adjust_spells(
    fit: dict[str, Any],
    made: marks.Marked,
    maker: marks.MarkMaker,
    mix: pl.DataFrame,
    weeks: pl.DataFrame,
) -> list[float]:
    laid, group_of = maker.laid, made.schools["group"].to_numpy()[made.pupils.school]
    codes = mix["code"].unique().sort().to_list()
    letter = dict(zip(codes, reasons.letters(laid, codes), strict=True))
    older = {} if "C2" in codes else read_yaml("pupils.yaml")["before_2024_08_19"]
    given = made.marks[:, laid.column]
    absent = np.isin(given, list(letter.values()))
    on_roll = given != ord(".")
    furthest = []
    for g, group in enumerate(GROUPS):
        mine = group_of == g
        counts = np.bincount(given[mine][absent[mine]], minlength=256)
        for code, share in mix.filter(phase_group=group).select("code", "share").iter_rows():
            if share < LEAST_SHARE:
                continue
            found = max(counts[letter[code]] / counts.sum(), 1e-6)
            if share > 0.02:
                furthest.append(abs(found / share - 1))
            for name in [code, *(new for new, old in older.items() if old == code)]:
                if name in fit["weights"][group]:
                    fit["weights"][group][name] *= (share / found) ** 0.7
        rates = _by(absent[mine], on_roll[mine], laid.session_of_week, 10)
        asked = _sessions_asked(group, rates)
        fit["sessions"][group] = _moved(fit["sessions"][group], asked, rates)
        furthest.append(100 * abs((rates[9] - rates[4]) - (asked[9] - asked[4])))
    rates = _by(absent, on_roll, laid.week, len(laid.week_on))
    overall = 100 * absent.sum() / on_roll.sum()
    for half_term in range(1, 7):
        mine = laid.half_term == half_term
        asked = weeks.filter(half_term=half_term)["percent"].to_numpy() * overall / DAILY_OVERALL
        found = 100 * np.interp(
            np.linspace(0, 1, len(asked)), laid.place_in_half_term[mine], rates[mine]
        )
        furthest.append(np.abs(asked - found).max())
        fit["weeks"][half_term] = list(np.array(fit["weeks"][half_term]) * (asked / found) ** 0.8)
    return [round(float(x), 3) for x in furthest]


def _by(absent: Any, on_roll: Any, place: Any, n: int) -> held.Numbers:
    missed = np.bincount(place, absent.sum(axis=0), minlength=n)
    return np.asarray(missed / np.maximum(np.bincount(place, on_roll.sum(axis=0), minlength=n), 1))


def _sessions_asked(group: str, rates: held.Numbers) -> held.Numbers:
    """Give the rates of the ten sessions of a week: the same mean, the published gap."""
    facts = read_yaml("pupils.yaml")["weekdays"]
    shape = np.array(facts["shape"]) * facts["friday_gap_percent"][group] / 100
    return np.asarray(rates.mean() + shape - shape.mean())


def _moved(starts: list[float], asked: held.Numbers, rates: held.Numbers) -> list[float]:
    """Move starts: what is missed in a session beyond what went on from the one before."""
    out = np.array(starts) * np.exp(SESSION_STEP * (asked - rates) / rates.mean())
    return list(np.maximum(out / out.mean(), 0.01))


def _rounded(values: Any) -> Any:
    if isinstance(values, dict):
        return {key: _rounded(value) for key, value in values.items()}
    if isinstance(values, list):
        return [_rounded(value) for value in values]
    return round(float(values), 4)


if __name__ == "__main__":
    main()
