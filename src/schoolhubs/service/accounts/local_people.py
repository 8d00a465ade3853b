"""The people of the local sign-in provider, as they stand in its file."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pydantic


class LocalMembership(pydantic.BaseModel):
    """An organisation as the provider tells it, and the role codes held there."""

    organisation: dict[str, Any]
    roles: list[str]


class LocalPerson(pydantic.BaseModel):
    """Somebody who can sign in with one press of a button."""

    subject: str
    given_name: str
    family_name: str
    email: str
    memberships: list[LocalMembership]

    @property
    def name(self) -> str:
        """Given name and family name."""
        return f"{self.given_name} {self.family_name}"

    def claims(self) -> dict[str, object]:
        """Give what the tokens say: the organisation where there is one to tell, never a role."""
        told: dict[str, object] = {
            "given_name": self.given_name, "family_name": self.family_name, "email": self.email
        }  # fmt: skip
        if len(self.memberships) == 1:
            told["organisation"] = self.memberships[0].organisation
        return told


def read_people(path: Path) -> list[LocalPerson]:
    """Read who can sign in from a JSON list."""
    return [LocalPerson.model_validate(each) for each in json.loads(path.read_text("utf-8"))]


def write_people(path: Path, people: Sequence[LocalPerson]) -> None:
    """Write who can sign in as a JSON list."""
    path.write_text(json.dumps([each.model_dump() for each in people], indent=1), "utf-8")
