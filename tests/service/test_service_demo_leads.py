"""The demonstration pairs schools with hubs that are still there, whatever a list of leads says."""

import polars as pl
import pytest

from schoolhubs.service.demo import partnerships


@pytest.mark.parametrize(("is_open", "n"), [(True, 1), (False, 0)])
def test_a_lead_that_has_closed_is_paired_with_nobody(is_open: bool, n: int) -> None:
    facts = pl.DataFrame(
        {
            "urn": ["900001", "900002"], "is_open": [is_open, True],
            "is_state_funded": [True, True], "region": ["London"] * 2, "phase": ["primary"] * 2,
            "trust_id": [None, None],
        },
        schema_overrides={"trust_id": pl.String},
    )  # fmt: skip
    none = pl.DataFrame({"urn": []}, schema={"urn": pl.String})
    assert len(list(partnerships._pairs(facts, none, ["900001"]))) == n
