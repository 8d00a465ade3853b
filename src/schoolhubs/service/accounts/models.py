"""People, the organisations they act for, and the roles they hold there as last checked."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from schoolhubs.service.accounts.roles import OF_PEOPLE, OrganisationKind, Role
from schoolhubs.service.history.keeping import with_history

NUMBERED = {
    OrganisationKind.SCHOOL: "urn",
    OrganisationKind.TRUST: "uid",
    OrganisationKind.LOCAL_AUTHORITY: "la_code",
}
NUMBERS = tuple(NUMBERED.values())
ROLE_CHOICES = [(role.value, role.label) for role in OF_PEOPLE]


@with_history(without=("email", "name", "last_signed_in_at"))
class Person(models.Model):
    """Somebody the sign-in provider knows; the service keeps no password.

    ``sessions_ended_at`` ends every session begun before it, also after access is given back.
    """

    subject = models.CharField(max_length=255, unique=True)
    email = models.TextField(blank=True)
    name = models.TextField(blank=True)
    first_signed_in_at = models.DateTimeField()
    last_signed_in_at = models.DateTimeField()
    is_stopped = models.BooleanField(default=False)
    sessions_ended_at = models.DateTimeField(null=True)

    class Meta:
        """In order of name."""

        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name or self.email or self.subject


def _numbered_as(kind: str, number: str | None) -> models.Q:
    """Say that an organisation of a kind carries its own number, and no other."""
    told = models.Q(kind=kind)
    for name in NUMBERS:
        blank = models.Q(**{name: ""})
        told &= ~blank if name == number else blank
    return told


def _each_numbered() -> models.Q:
    told = models.Q()
    for kind in OrganisationKind:
        told |= _numbered_as(kind.value, NUMBERED.get(kind))
    return told


@with_history
class Organisation(models.Model):
    """An organisation as the sign-in provider knows it.

    A school has its URN, a trust its UID (the register's ``trust_id``), a local authority its
    three-digit code; the others have none.
    """

    sign_in_id = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=20, choices=OrganisationKind.choices)
    name = models.TextField()
    urn = models.CharField(max_length=6, blank=True)
    uid = models.CharField(max_length=20, blank=True)
    la_code = models.CharField(max_length=3, blank=True)
    is_open = models.BooleanField(default=True)

    class Meta:
        """One row a number; each kind carries its own number."""

        ordering = ("name", "pk")
        constraints = (
            models.CheckConstraint(condition=_each_numbered(), name="organisation_is_numbered"),
            *(
                models.UniqueConstraint(
                    fields=(name,),
                    condition=~models.Q(**{name: ""}),
                    name=f"one_organisation_a_{name}",
                )
                for name in NUMBERS
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """Kind and number, as the audit log names it.

        >>> Organisation(kind="school", urn="900001").key
        'school:900001'
        """
        number = getattr(self, NUMBERED.get(OrganisationKind(self.kind), "sign_in_id"))
        return f"{self.kind}:{number}"


@with_history(without=("checked_at",))
class Membership(models.Model):
    """The roles a person holds for an organisation, as the provider last said.

    Pages believe it for at most ``SCHOOLHUBS_ROLE_SECONDS``; no roles means no access.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE)
    roles = ArrayField(models.CharField(max_length=40, choices=ROLE_CHOICES), default=list)
    checked_at = models.DateTimeField()

    @property
    def role_titles(self) -> list[str]:
        """Titles of the roles, as people read them."""
        return [Role(code).meaning.title for code in self.roles]

    class Meta:
        """One row a person and organisation, holding known roles only."""

        constraints = (
            models.UniqueConstraint(fields=("person", "organisation"), name="one_membership"),
            models.CheckConstraint(
                condition=models.Q(roles__contained_by=[code for code, _ in ROLE_CHOICES]),
                name="roles_are_known",
            ),
        )
