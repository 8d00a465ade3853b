"""Where reach is lowest, said of the groups large enough, with those that got nothing by name."""

import polars as pl

from schoolhubs.packs.words import listed, percent, region_name
from schoolhubs.vocabulary.words import UNKNOWN, counted

# A share of a handful of schools is no finding. The sentence says this number where it decides.
FEWEST_SPOKEN_OF = 20


def least_reached(table: pl.DataFrame, by: str) -> tuple[str, str]:
    """Give the claim and the sentence of a table of reach.

    Parameters
    ----------
    table
        ``<by>, matched, unmatched``, a row each group, as ``packs.reach.reach`` gives it.
    by
        ``"region"`` or ``"phase"``.

    Examples
    --------
    >>> rows = {"matched": [0, 7], "unmatched": [15, 93], "region": ["North East", "North West"]}
    >>> title, sentence = least_reached(pl.DataFrame(rows), "region")
    >>> title
    'Lowest reach among larger regions: the North West, 7%'
    >>> sentence.split("; ")[1]
    'among regions with 20 or more eligible schools, the smallest share in the North West, 7 of 100'
    >>> sentence.split("; ")[2]
    'none in the North East (0 of 15).'
    """
    put = table.with_columns(n=pl.col("matched") + pl.col("unmatched")).filter(pl.col("n") > 0)
    known = put.filter(pl.col(by) != UNKNOWN)
    if not known.height:
        said = f"of a known {by} " if put.height else ""
        return f"No school {said}was put to matching", f"No school {said}was put to matching."
    n_matched, n_put = int(put["matched"].sum()), int(put["n"].sum())
    whole = f"{n_matched:,} of {counted(n_put, 'school has', 'schools have')} a hub"
    if n_matched == n_put:
        return f"Every eligible school in every {by} is reached", f"{whole}."
    large = known.filter(pl.col("n") >= FEWEST_SPOKEN_OF)
    is_part = 0 < large.height < known.height
    chosen = large if is_part else known
    tied = _tied(chosen)
    share = percent(tied["matched"][0], tied["n"][0])
    many = f"{tied.height} {by}s" if by == "region" else f"{tied.height} groups"
    name = _name(tied[by][0], by) if tied.height == 1 else many
    title = f"Reach is lowest {_within(by)} {name}, at {share}"
    of = ""
    if is_part:
        title = f"Lowest reach among larger {by}s: {name}, {share}"
        of = f"among {by}s with {FEWEST_SPOKEN_OF} or more eligible schools, "
    least = f"{of}the smallest share {_within(by)} {_shares(tied, by, share)}"
    others = known.filter(~pl.col(by).is_in(tied[by].to_list()))
    none = others.filter(pl.col("matched") == 0).select(by, "n").rows()
    named = listed(f"{_name(group, by)} (0 of {n:,})" for group, n in none) if none else ""
    without = f"; none {_within(by)} {named}" if none else ""
    return title, f"{whole}; {least}{without}."


def _tied(chosen: pl.DataFrame) -> pl.DataFrame:
    """Keep the groups of the smallest share, and those whose share reads the same in percent."""
    lowest = chosen.sort(pl.col("matched") / pl.col("n"), maintain_order=True)
    said = [percent(*row) for row in lowest.select("matched", "n").iter_rows()]
    return lowest.filter(pl.Series([share == said[0] for share in said]))


def _shares(tied: pl.DataFrame, by: str, share: str) -> str:
    rows = list(tied.select(by, "matched", "n").iter_rows())
    if len(rows) == 1:
        ((group, matched, n),) = rows
        return f"{_name(group, by)}, {matched:,} of {n:,}"
    named = listed(f"{_name(group, by)} ({matched:,} of {n:,})" for group, matched, n in rows)
    return f"{named}, {share} each"


def _within(by: str) -> str:
    return "in" if by == "region" else "among"


def _name(group: str, by: str) -> str:
    return region_name(group) if by == "region" else f"{group[:1].lower()}{group[1:]} schools"
