"""How much need a match would serve, in whole points, from published figures alone."""

import polars as pl

from schoolhubs.vocabulary.records.rules import NeedRules


def need_points(facts: pl.DataFrame, rules: NeedRules) -> pl.DataFrame:
    """Count the need points of each school.

    Parameters
    ----------
    facts
        frames.SCHOOL_FACTS.
    rules
        Points and parts, from the programme's definition.

    Returns
    -------
    polars.DataFrame
        ``urn, need_weight, n_missing_parts``. A part whose figure, comparison or roll is missing
        adds nothing and is counted in ``n_missing_parts``, so that a school which only looks less
        needy for want of a figure can be told apart.

    Examples
    --------
    >>> from schoolhubs.vocabulary.records.rules import NeedPart
    >>> part = NeedPart(reads="absent", compared_with="usual", points_per_pupil=2.0)
    >>> rules = NeedRules(base_points=10, maximum_points=500, roll="roll", parts=(part,))
    >>> facts = pl.DataFrame(
    ...     {"urn": ["900001", "900002"], "absent": [12.0, None], "usual": 10.0, "roll": 200}
    ... )
    >>> need_points(facts, rules).rows()
    [('900001', 18, 0), ('900002', 10, 1)]
    """
    parts = [
        (pl.col(part.reads) - pl.col(part.compared_with)).clip(lower_bound=0)
        / 100
        * pl.col(rules.roll)
        * part.points_per_pupil
        for part in rules.parts
    ]
    points = pl.lit(float(rules.base_points)) + pl.sum_horizontal(
        [pl.lit(0.0), *(part.fill_null(0.0) for part in parts)]
    )
    n_missing = pl.sum_horizontal([pl.lit(0), *(part.is_null().cast(pl.Int64) for part in parts)])
    return facts.select(
        "urn",
        points.round().clip(upper_bound=rules.maximum_points).cast(pl.Int64).alias("need_weight"),
        n_missing.cast(pl.Int64).alias("n_missing_parts"),
    )
