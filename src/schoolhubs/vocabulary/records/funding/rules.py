"""What a programme's definition says of paying partners and leads, as at one day."""

import dataclasses
import enum
from collections.abc import Mapping

from schoolhubs.vocabulary.records.delivery import DayKind
from schoolhubs.vocabulary.records.rules import GrantRule
from schoolhubs.vocabulary.records.settings import Source
from schoolhubs.vocabulary.records.sourced import Assumption


class PayeeKind(enum.StrEnum):
    """Whom money goes to: a partner school, a partner trust, or the lead school."""

    SCHOOL = "school"
    TRUST = "trust"
    LEAD_SCHOOL = "lead_school"


class PaidAt(enum.StrEnum):
    """When money falls due: after the first year, at the end of the time, or after each term."""

    AFTER_FIRST_YEAR = "after_first_year"
    AT_END = "at_end"
    AFTER_EACH_TERM = "after_each_term"


class WithdrawalPays(enum.StrEnum):
    """What a partner keeps that stops part-way: its whole terms' part, begun ones' too, nothing."""

    TERMS_BEGUN = "terms_begun"
    TERMS_COMPLETED = "terms_completed"
    NOTHING = "nothing"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """Where a rule of money stands, who said so, and whether anybody did."""

    path: str
    source: Source
    is_assumed: bool

    def __str__(self) -> str:
        """Say it after a reason.

        >>> import datetime
        >>> page = Source(title="Programme page", read_on=datetime.date(2026, 11, 21))
        >>> str(Sourced(path="money.grant", source=page, is_assumed=True))
        'assumed; Programme page (read 2026-11-21)'
        """
        return f"{'assumed' if self.is_assumed else 'published'}; {self.source}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StreamMoney:
    """What one pathway's partner is paid for, and when.

    Parameters
    ----------
    expected_days
        Days that the award follows, whatever more a partner declares.
    paid_at, also_paid_at
        The payment date that applies, and others that were published and do not.
    """

    pathway: str
    expected_days: float
    paid_at: PaidAt
    also_paid_at: tuple[PaidAt, ...] = ()


class CountedFor(enum.StrEnum):
    """Whose half-days a commitment is counted in: the school's, or each leader's."""

    SCHOOL = "school"
    LEADER = "leader"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class LeadPay:
    """What a lead school is paid: a rate for each day delivered, up to its share of the total.

    ``also_pays`` has the rate a day for what it gives to all its partners at once, such as an open
    day; what is not in it earns nothing.
    """

    day_rate_pence: int
    most_per_lead_pence: int
    paid_at: PaidAt
    also_pays: Mapping[DayKind, int] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Assurance:
    """How many payments are looked into: a share of each stratum, so many at least, all large."""

    sample_share: float
    sample_at_least: int
    check_all_from_pence: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class MoneyRules:
    """Everything that awards ask of a programme's definition.

    Parameters
    ----------
    envelope_pence, envelope_years
        The whole programme's money, nothing paid may pass it; and the years that it is for.
    maximum_grant_pence, proportional_to, full_at_days
        The most a partner gets, and the days that earn it.
    streams
        Of each pathway that pays partners; empty where partners are paid nothing, or where the
        definition does not say how awards are worked out.
    participation_full_from_share
        Share (0-1) of the expected days from which nothing is taken off.
    withdrawal_pays, extension_pays_share
        What is kept on withdrawal, and the share of the award that further terms earn.
    ended_pays
        What is kept where the ``lead`` or the ``office`` ended it; as on withdrawal where it does
        not say.
    counts_excused
        Whether a day that fell through by no fault of the partner counts as taken part in.
    declare_within_days, declare_reminder_days
        Days after it falls due within which an award is declared, and before their end on which its
        school is reminded; None where no award lapses.
    uses
        What the use of a grant is reported as.
    lead_pay
        None where leads are paid nothing by the programme.
    counted_for
        Of each kind of day, whether it counts once for the school or for each leader; what is not
        in it counts once for the school.
    said
        Of each rule, where it stands and who said so.
    assumptions
        Values of money that nobody published.
    """

    envelope_pence: int
    envelope_years: int
    maximum_grant_pence: int
    proportional_to: GrantRule
    full_at_days: float
    streams: tuple[StreamMoney, ...]
    participation_full_from_share: float
    withdrawal_pays: WithdrawalPays
    extension_pays_share: float
    uses: tuple[str, ...]
    lead_pay: LeadPay | None
    assurance: Assurance
    said: Mapping[str, Sourced]
    assumptions: tuple[Assumption, ...] = ()
    counts_excused: bool = False
    declare_within_days: int | None = None
    declare_reminder_days: int = 0
    ended_pays: Mapping[str, WithdrawalPays] = dataclasses.field(default_factory=dict)
    counted_for: Mapping[DayKind, CountedFor] = dataclasses.field(default_factory=dict)

    def counts_once(self, kind: DayKind) -> bool:
        """Tell whether a kind of day counts once for the school, however many of it took part."""
        return self.counted_for.get(kind, CountedFor.SCHOOL) is CountedFor.SCHOOL

    def half_days(self, kind: DayKind, halves: int, n_leaders: int) -> int:
        """Give what a partner's part in a day counts: its half-days, for the school or each leader.

        This is the one rule of what a half-day of commitment is: the service, the synthetic year
        and the command line ask it.
        """
        return halves * (min(n_leaders, 1) if self.counts_once(kind) else n_leaders)

    def kept_after(self, ended_by: str) -> tuple[WithdrawalPays, str]:
        """Give what a partner keeps by who ended its partnership, and where that rule stands."""
        if ended_by in self.ended_pays:
            return self.ended_pays[ended_by], f"awards.ended_pays.{ended_by}"
        return self.withdrawal_pays, "awards.withdrawal_pays"

    @property
    def pays_partners(self) -> bool:
        """Partners are paid anything at all."""
        return self.maximum_grant_pence > 0

    def stream(self, pathway: str) -> StreamMoney | None:
        """Give what one pathway's partner is paid for; None where it is paid nothing."""
        found = (each for each in self.streams if each.pathway == pathway)
        return next(found, None) if self.pays_partners else None
