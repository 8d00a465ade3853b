"""A programme's money as a whole: envelope, committed, forecast and paid, and what if."""

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class BudgetPart:
    """What one pathway, region or hub, or the whole programme, takes of the money.

    Parameters
    ----------
    name
        The pathway, the region, or the lead's URN; blank for the whole.
    committed_pence
        Most that its partnerships can come to, what is paid among it.
    forecast_pence
        What they come to if all that has not fallen due yet is earned in full.
    paid_pence
        Paid, less what was taken back.
    """

    name: str
    n_partnerships: int
    committed_pence: int
    forecast_pence: int
    paid_pence: int

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeBudget:
    """A programme's money, whole and in parts; the parts of each kind add up to the whole.

    ``notes`` are sentences that every answer carries.
    """

    programme_id: str
    envelope_pence: int
    envelope_source: str
    envelope_is_assumed: bool
    whole: BudgetPart
    by_pathway: tuple[BudgetPart, ...]
    by_region: tuple[BudgetPart, ...]
    by_hub: tuple[BudgetPart, ...]
    notes: tuple[str, ...] = ()

    @property
    def free_pence(self) -> int:
        """What is not committed; below nought where more is."""
        return self.envelope_pence - self.whole.committed_pence

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        return {**dataclasses.asdict(self), "free_pence": self.free_pence}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class BudgetScenario:
    """So many hubs, so many days of each, at a rate, and grants beside."""

    name: str
    n_hubs: int
    days_per_hub: float
    day_rate_pence: int
    grants_per_hub_pence: int = 0
    n_years: int = 1


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Afforded:
    """Whether a scenario can be afforded in all its years, and what a day could cost.

    Parameters
    ----------
    days, days_pence, grants_pence
        In all years together.
    affordable_rate_pence
        The most that a day may cost with nothing left for anything else, down to a whole penny;
        None where there are no days.
    """

    scenario: BudgetScenario
    envelope_pence: int
    days: float
    days_pence: int
    grants_pence: int
    affordable_rate_pence: int | None
    working: str

    @property
    def cost_pence(self) -> int:
        """Days and grants together."""
        return self.days_pence + self.grants_pence

    @property
    def cost_a_year_pence(self) -> int:
        """Days and grants of one year; each year takes as much."""
        return self.cost_pence // self.scenario.n_years

    @property
    def envelope_a_year_pence(self) -> int:
        """The envelope in even parts, down to a whole penny."""
        return self.envelope_pence // self.scenario.n_years

    @property
    def left_pence(self) -> int:
        """What is left; below nought where it cannot be afforded."""
        return self.envelope_pence - self.cost_pence

    @property
    def is_affordable(self) -> bool:
        """It stays within the envelope."""
        return self.left_pence >= 0

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        names = ("cost_pence", "left_pence", "cost_a_year_pence", "envelope_a_year_pence")
        told = {name: getattr(self, name) for name in names}
        return {**dataclasses.asdict(self), **told, "is_affordable": self.is_affordable}
