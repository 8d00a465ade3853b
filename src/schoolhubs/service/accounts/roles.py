"""The roles a person can hold, and for which kind of organisation."""

import functools
from pathlib import Path

import pydantic
from django.db import models

from schoolhubs.vocabulary.written.stored import read_facts

ROLES_FILE = Path(__file__).with_name("roles.yaml")


class OrganisationKind(models.TextChoices):
    """What an organisation is to the service."""

    OFFICE = "office", "Programme office"
    SCHOOL = "school", "School"
    TRUST = "trust", "Academy trust"
    LOCAL_AUTHORITY = "local_authority", "Local authority"
    EVALUATOR = "evaluator", "Evaluator"
    AUDITOR = "auditor", "Auditor"


class Role(models.TextChoices):
    """A role; its value is its code at the sign-in provider."""

    OFFICE_READ = "office_read"
    OFFICE_CASEWORKER = "office_caseworker"
    OFFICE_ADMINISTRATOR = "office_administrator"
    FINANCE_MAKER = "finance_maker"
    FINANCE_CHECKER = "finance_checker"
    BEHAVIOUR_ADVISER = "behaviour_adviser"
    LEAD_SCHOOL = "lead_school"
    LEAD_TRUST = "lead_trust"
    PARTNER_SCHOOL_HEAD = "partner_school_head"
    PARTNER_SCHOOL_ATTENDANCE = "partner_school_attendance"
    PARTNER_SCHOOL_LEADER = "partner_school_leader"
    PARTNER_SCHOOL_GOVERNOR = "partner_school_governor"
    SCHOOL_SAFEGUARDING = "school_safeguarding"
    PARTNER_TRUST = "partner_trust"
    LOCAL_AUTHORITY = "local_authority"
    EVALUATOR = "evaluator"
    AUDITOR = "auditor"
    API_CLIENT = "api_client"

    @property
    def meaning(self) -> "RoleMeaning":
        """Its title, what it may do, and for which organisations it is held."""
        return meanings()[self]


class RoleMeaning(pydantic.BaseModel):
    """What ``roles.yaml`` says of one role.

    Parameters
    ----------
    title
        As people read it.
    organisation
        The kind of organisation the role is held for; held for another it gives nothing. None for
        the role of a program, which no person holds at all.
    leads_a_hub
        Whether it is worth something only while the organisation leads a hub.
    may
        What it may do, in plain words.
    """

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    title: str
    organisation: OrganisationKind | None
    leads_a_hub: bool = False
    may: str

    @property
    def kind(self) -> OrganisationKind:
        """The kind of organisation that a person holds it for; no person holds a program's."""
        if self.organisation is None:
            raise ValueError(f"no person holds the role {self.title!r}")
        return self.organisation


@functools.cache
def meanings() -> dict[Role, RoleMeaning]:
    """Read what each role means; a role without a meaning is refused at the first look.

    >>> meanings()[Role.AUDITOR].organisation.label
    'Auditor'
    """
    said = read_facts(ROLES_FILE.read_text(encoding="utf-8"))
    return {role: RoleMeaning.model_validate(said.pop(role.value)) for role in Role}


OFFICE = (
    Role.OFFICE_READ,
    Role.OFFICE_CASEWORKER,
    Role.OFFICE_ADMINISTRATOR,
)
# Of the office, those who take decisions, whose pages others of it only read.
DECIDERS = (Role.OFFICE_CASEWORKER, Role.OFFICE_ADMINISTRATOR)
FINANCE = (Role.FINANCE_MAKER, Role.FINANCE_CHECKER)
PARTNER_SCHOOL = (
    Role.PARTNER_SCHOOL_HEAD,
    Role.PARTNER_SCHOOL_ATTENDANCE,
    Role.PARTNER_SCHOOL_LEADER,
    Role.PARTNER_SCHOOL_GOVERNOR,
)
LEADS = (Role.LEAD_SCHOOL, Role.LEAD_TRUST)
EVERY_ROLE = tuple(Role)
# Those that a person can hold: a program acts by its key, and never signs in.
OF_PEOPLE = tuple(role for role in Role if role is not Role.API_CLIENT)
