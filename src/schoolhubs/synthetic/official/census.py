"""The performance tables' census file: one row a school, three national rows last."""

import polars as pl

from schoolhubs.synthetic.population.history import History

SCHOOL_TYPES = {
    "primary": "State-funded primary",
    "middle_deemed_primary": "State-funded primary",
    "secondary": "State-funded secondary",
    "middle_deemed_secondary": "State-funded secondary",
    "all_through": "State-funded secondary",
    "special": "State-funded special school",
    "alternative_provision": "Pupil referral unit",
    "nursery": "State-funded nursery",
    "independent": "Independent school",
}
_NATIONAL = {
    "PRI": "State-funded primary",
    "SEC": "State-funded secondary",
    "SPE": "State-funded special school",
}
_COUNTS = (
    "NOR",
    "NORG",
    "NORB",
    "TSENELSE",
    "TSENELK",
    "NUMEAL",
    "NUMENGFL",
    "NUMUNCFL",
    "NUMFSM",
    "NUMFSMEVER",
)
_RATES = {
    "PNORG": "NORG",
    "PNORB": "NORB",
    "PSENELSE": "TSENELSE",
    "PSENELK": "TSENELK",
    "PNUMEAL": "NUMEAL",
    "PNUMENGFL": "NUMENGFL",
    "PNUMUNCFL": "NUMUNCFL",
    "PNUMFSMEVER": "NUMFSMEVER",
}


def census_file(history: History, header: list[str]) -> pl.DataFrame:
    """Give the file as text: ``NA`` where a figure is not collected from independent schools."""
    schools = history.schools.with_row_index("school").with_columns(pl.col("school").cast(pl.Int64))
    now = history.entries.filter(pl.col("status").str.starts_with("Open")).select(
        "school", "urn", "estab"
    )
    rows = now.join(schools, on="school", maintain_order="left").sort("urn")
    schooltype = pl.when(pl.col("base_type") == "Non-maintained special school").then(
        pl.lit("Non-maintained special school")
    )
    kind = schooltype.otherwise(pl.col("kind").replace_strict(SCHOOL_TYPES))
    frame = rows.select(
        pl.col("urn").alias("URN"),
        pl.col("la_code").alias("LA"),
        pl.col("estab").cast(pl.String).alias("ESTAB"),
        kind.alias("SCHOOLTYPE"),
        *_numbers(),
    )
    text = _as_text(frame, header)
    only_state = [name for name in header if "EAL" in name or "FSM" in name or name.endswith("FL")]
    independent = pl.col("SCHOOLTYPE") == "Independent school"
    text = text.with_columns(
        pl.when(independent).then(pl.lit("NA")).otherwise(pl.col(name)).alias(name)
        for name in only_state
    )
    return pl.concat([text, _national(frame, header)])


def _numbers() -> list[pl.Expr]:
    pupils = pl.col("n_pupils").cast(pl.Int64)

    def of(percent: str) -> pl.Expr:
        return (pupils * pl.col(percent) / 100).round().cast(pl.Int64)

    english = pupils - of("eal_percent")
    unknown = (pupils * 0.003).round().cast(pl.Int64)
    return [
        pupils.alias("NOR"),
        of("girls_percent").alias("NORG"),
        (pupils - of("girls_percent")).alias("NORB"),
        of("ehc_plan_percent").alias("TSENELSE"),
        of("sen_support_percent").alias("TSENELK"),
        of("eal_percent").alias("NUMEAL"),
        pl.max_horizontal(english - unknown, pl.lit(0)).alias("NUMENGFL"),
        pl.min_horizontal(unknown, english).alias("NUMUNCFL"),
        of("fsm_percent").alias("NUMFSM"),
        of("fsm_ever_percent").alias("NUMFSMEVER"),
    ]


def _as_text(frame: pl.DataFrame, header: list[str]) -> pl.DataFrame:
    rates = [
        _plain((100 * pl.col(part) / pl.col("NOR")).round(1)).alias(name)
        for name, part in _RATES.items()
    ]
    return frame.with_columns(rates).select(pl.col(header).cast(pl.String))


def _plain(rate: pl.Expr) -> pl.Expr:
    """Write a whole number without its decimal, as that file does."""
    return rate.cast(pl.String).str.replace(r"\.0$", "")


def _national(frame: pl.DataFrame, header: list[str]) -> pl.DataFrame:
    parts = []
    for code, kind in _NATIONAL.items():
        whole = frame.filter(pl.col("SCHOOLTYPE") == kind).select(
            pl.lit("NAT").alias("URN"),
            pl.lit("").alias("LA"),
            pl.lit(code).alias("ESTAB"),
            pl.lit(kind).alias("SCHOOLTYPE"),
            pl.col(list(_COUNTS)).sum(),
        )
        parts.append(_as_text(whole.head(1), header))
    return pl.concat(parts)
