"""What a round read, and what it costs."""

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class InputFile:
    """A file that a round read, by its content.

    ``series`` and ``year`` are those of its figures, blank where the file holds none.
    """

    name: str
    kind: str
    series: str = ""
    year: str = ""
    sha256: str

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class BudgetLine:
    """One line of the budget arithmetic.

    Parameters
    ----------
    label
        What is paid for.
    quantity, unit
        How much of it, such as 5,580 ``days``.
    rate_pence
        For one unit; None where nobody published a rate, and then the line has no amount.
    source
        Where quantity and rate come from.
    is_assumed
        Quantity or rate is assumed, not published.
    working
        How the quantity came about, such as ``"93 hubs × 6 schools × 10 days"``.

    Examples
    --------
    >>> line = BudgetLine(label="Lead", quantity=10, unit="days", rate_pence=27_800, source="")
    >>> line.amount_pence
    278000
    """

    label: str
    quantity: float
    unit: str
    rate_pence: int | None
    source: str
    is_assumed: bool = False
    working: str = ""

    @property
    def amount_pence(self) -> int | None:
        """Quantity times rate, to the nearest penny; None without a rate."""
        return None if self.rate_pence is None else round(self.quantity * self.rate_pence)

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values, the amount among them."""
        return {**dataclasses.asdict(self), "amount_pence": self.amount_pence}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RoundBudget:
    """What the round would cost, line by line, against what there is.

    ``available_pence`` is None where no budget was published.
    """

    available_pence: int | None
    source: str
    is_assumed: bool = False
    lines: tuple[BudgetLine, ...] = ()

    @property
    def amount_pence(self) -> int:
        """Sum of the lines that have an amount."""
        return sum(line.amount_pence or 0 for line in self.lines)

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values, the sum among them."""
        return {
            "available_pence": self.available_pence,
            "source": self.source,
            "is_assumed": self.is_assumed,
            "lines": [line.as_dict() for line in self.lines],
            "amount_pence": self.amount_pence,
        }
