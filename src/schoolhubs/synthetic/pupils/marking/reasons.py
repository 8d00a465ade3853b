"""What absence and attendance are written down as: reasons, their spells, and when they start."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs import attendance
from schoolhubs.synthetic.calibration import GROUPS, calibration, read_csv, read_yaml
from schoolhubs.synthetic.official.absence_file import AUTHORISED
from schoolhubs.synthetic.pupils.constants import KINDS, Numbers
from schoolhubs.synthetic.pupils.marking.attending import AttendedTables
from schoolhubs.synthetic.pupils.marking.spells import MOST_LEFT, SpellTables, spell_lengths
from schoolhubs.synthetic.pupils.term_dates import SESSIONS_A_WEEK, SchoolYear

_MEANS_FROM = 4_000
_MOMENTS = 4
_STUDY, _UNAUTHORISED = "S", "GUON"
_ATTENDED = "LBPVWK"
# The daily data part absence by today's codes, the census series by the older reasons.
_SERIES = {"2018/19": "census", "2022/23": "daily"}


def published_codes(profile: str) -> pl.DataFrame:
    """Give what each code is of a phase group's sessions, as published for a profile.

    Returns
    -------
    Frame ``phase_group, code, percent``: percent of possible sessions in the daily data; in the
    census series percent of absence, which is all it parts.
    """
    if _SERIES[profile] == "daily":
        return read_csv("pupil_codes.csv").filter(series="daily").drop("series")
    codes = read_yaml("pupils.yaml")["reason_columns"]
    authorised = {group: 1 / (1 + np.exp(-AUTHORISED[group][0])) for group in GROUPS}
    part = pl.col("phase_group").replace_strict(authorised, return_dtype=pl.Float64)
    is_authorised = pl.col("reason").str.starts_with("sess_auth")
    census = calibration().reasons.select(
        "phase_group",
        pl.col("reason").replace_strict(codes).alias("code"),
        percent=100 * pl.col("share") * pl.when(is_authorised).then(part).otherwise(1 - part),
    )
    attended = read_csv("pupil_codes.csv").filter(pl.col("code").is_in(list(_ATTENDED)))
    return pl.concat([census, attended.select(census.columns)])


def absence_mix(profile: str, laid: SchoolYear) -> pl.DataFrame:
    """Give each code's share (0-1) of a phase group's absence, in the codes of a year."""
    older = {} if _is_new(laid) else read_yaml("pupils.yaml")["before_2024_08_19"]
    known = attendance.coding.codes(laid.week_on[0])
    absent = [code for code in known.packed if known.packed[code] in known.letters("sess_overall")]
    return (
        published_codes(profile)
        .with_columns(pl.col("code").replace(older))
        .filter(pl.col("code").is_in(absent))
        .group_by("phase_group", "code", maintain_order=True)
        .agg(pl.col("percent").sum())
        .with_columns(share=pl.col("percent") / pl.col("percent").sum().over("phase_group"))
        .drop("percent")
        .sort("phase_group", "code")
    )


def _is_new(laid: SchoolYear) -> bool:
    return "C2" in attendance.coding.codes(laid.week_on[0]).packed


def letters(laid: SchoolYear, names: list[str]) -> NDArray[np.uint8]:
    """Give the one-byte letters of codes, those of older codes before they existed."""
    older = {} if _is_new(laid) else read_yaml("pupils.yaml")["before_2024_08_19"]
    packed = attendance.coding.codes(laid.week_on[0]).packed
    return np.array([ord(packed[older.get(name, name)]) for name in names], dtype=np.uint8)


def attended_rates(profile: str) -> Numbers:
    """Give the shares (0-1) of possible sessions of L, B, P, V, W and K, shape (3, 6)."""
    of = published_codes(profile).filter(pl.col("code").is_in(list(_ATTENDED)))
    known = {(group, code): value / 100 for group, code, value in of.iter_rows()}
    return np.array([[known.get((g, code), 0.0) for code in _ATTENDED] for g in GROUPS])


def spell_tables(profile: str, laid: SchoolYear, fit: Mapping[str, Any]) -> SpellTables:
    """Lay out what spells of a year are drawn from.

    Parameters
    ----------
    fit
        The profile's part of ``pupil_spells.yaml``: weights by phase group and code, starts by
        week and by session of the week.
    """
    facts = read_yaml("pupils.yaml")
    names = sorted(set(absence_mix(profile, laid)["code"]))
    of = facts["spells"]["codes"]
    start = _starts(laid, fit)
    reached, unauthorised = _chances(names, fit, of)
    leavers = facts["leavers"]
    weeks = leavers["last_half_term_weeks"] + 1
    tables = SpellTables(
        start=start,
        ahead=np.concatenate(
            [np.cumsum(start[:, ::-1], axis=1)[:, ::-1], np.zeros((3, 1))], axis=1
        ),
        reached=reached,
        unauthorised=unauthorised,
        half=np.array([of[name]["half"] for name in names]),
        goes_on=np.array([of[name]["goes_on"] for name in names]),
        long=np.array([of[name]["long"] for name in names]).T.copy(),
        days=np.array([of[name]["days"] for name in names], dtype=np.int64),
        long_goes_on=np.array(facts["spells"]["long_goes_on"]),
        mean=np.ones((len(GROUPS), len(KINDS), MOST_LEFT)),
        letter=letters(laid, names),
        session_of_week=laid.session_of_week.astype(np.int32),
        study_from=laid.sessions_before(6, weeks) - SESSIONS_A_WEEK * leavers["study_weeks_before"],
        tie=facts["spells"]["tie"],
        afternoon_goes_on=facts["spells"]["afternoon_goes_on"],
        weekend_ends=facts["spells"]["weekend_ends"],
    )
    return tables._replace(mean=_means(tables))


def _starts(laid: SchoolYear, fit: Mapping[str, Any]) -> Numbers:
    """Give how likely spells start at each session, shape (3, s), 1 on average."""
    weeks = np.zeros(len(laid.week_on))
    for half_term, values in fit["weeks"].items():
        mine = laid.half_term == half_term
        places = np.linspace(0, 1, len(values))
        weeks[mine] = np.interp(laid.place_in_half_term[mine], places, values)
    days = np.array([fit["sessions"][group] for group in GROUPS])
    start = weeks[laid.week] * days[:, laid.session_of_week]
    return np.asarray(start / start.mean(axis=1, keepdims=True))


def _chances(
    names: list[str], fit: Mapping[str, Any], of: Mapping[str, Any]
) -> tuple[Numbers, Numbers]:
    """Give cumulative chances of reasons, (3, 3, 4, 2, r), and of unauthorised ones, (3, 3, 4)."""
    weight = np.zeros((len(GROUPS), len(KINDS), _MOMENTS, len(names)))
    for g, group in enumerate(GROUPS):
        for r, name in enumerate(names):
            half, tilt = of[name]["half"], np.array(of[name]["tilt"])
            # Most of what starts in the afternoon is a single session; lateness is of mornings.
            in_afternoon = 0.0 if name == "U" else half + (1 - half) * 0.25
            by_moment = np.array([1.0, in_afternoon, 1.0, in_afternoon])
            if name == _STUDY:
                by_moment[:2] = 0
            weight[g, :, :, r] = fit["weights"][group].get(name, 0.0) * tilt[:, None] * by_moment
    without_leave = np.isin(names, list(_UNAUTHORISED))
    parts = np.stack([np.where(without_leave, 0, weight), np.where(without_leave, weight, 0)], 3)
    sums = parts.sum(axis=-1)
    reached = np.cumsum(parts, axis=-1) / np.maximum(sums, 1e-12)[..., None]
    return reached, sums[..., 1] / np.maximum(sums.sum(axis=-1), 1e-12)


def _means(tables: SpellTables) -> Numbers:
    """Give the mean length of spells that are cut short when nothing is left to miss."""
    out = np.ones((len(GROUPS), len(KINDS), MOST_LEFT))
    for g in range(len(GROUPS)):
        for k in range(len(KINDS)):
            drawn = spell_lengths(10 * g + k, g, k, _MEANS_FROM, tables)
            for left in range(MOST_LEFT):
                out[g, k, left] = np.minimum(drawn, left + 1).mean()
    return out


def attended_tables(profile: str, laid: SchoolYear) -> AttendedTables:
    """Lay out how attended sessions of a year are marked."""
    facts = read_yaml("pupils.yaml")["attended"]
    share, work = attended_rates(profile), facts["work_experience"]
    begins = laid.sessions_before(work["half_term"], work["week"])
    lasts = int((laid.week == laid.week[begins]).sum())
    # All of a school's year group goes, and it is one of so many year groups.
    work_share = share[:, _ATTENDED.index("W")] * len(laid.column) * work["year_groups"] / lasts
    return AttendedTables(
        share=share,
        late_tilt=np.array(facts["late_tilt"]),
        letter=letters(laid, list(_ATTENDED)),
        session_of_week=laid.session_of_week.astype(np.int32),
        work_year_group=work["year_group"],
        work_from=begins,
        work_until=begins + lasts,
        work_share=work_share,
        off_site_days=facts["off_site_days"],
        arranged_sessions=facts["arranged_sessions"],
    )
