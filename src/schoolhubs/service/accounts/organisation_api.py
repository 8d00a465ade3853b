"""The sign-in provider's organisation API: which organisations, and which roles there.

Shaped as DfE Sign-in's public API. Roles are never taken from a token: they are asked for here.
"""

import dataclasses
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx
from joserfc import jwt
from joserfc.jwk import OctKey

from schoolhubs.service.environment import SignInSettings
from schoolhubs.vocabulary.errors import SchoolhubsError

AUDIENCE = "signin.education.gov.uk"
TOKEN_SECONDS = 5 * 60
PATIENCE_SECONDS = 5.0
ACTIVE = 1


class RolesUnknown(SchoolhubsError):
    """The provider did not say what a person may do; so nobody may do anything until it does."""


@dataclasses.dataclass(frozen=True, slots=True)
class OrganisationApi:
    """Asks the provider, each time with a token of five minutes.

    Parameters
    ----------
    told
        Address, client, secret and service id.
    """

    told: SignInSettings

    def roles(self, organisation_id: str, subject: str) -> tuple[str, ...] | None:
        """Give the codes of the roles a person holds now; None if they have no access there.

        Raises
        ------
        RolesUnknown
            If the provider does not answer, or not as agreed.
        """
        said = self._ask(
            "services", self.told.service_id, "organisations", organisation_id, "users", subject
        )
        if said is None:
            return None
        try:
            return tuple(str(role["code"]) for role in said["roles"] if _is_active(role))
        except (KeyError, TypeError) as error:
            raise RolesUnknown(f"The organisation API answered without {error}.") from None

    def organisations(self, subject: str) -> Sequence[Mapping[str, Any]]:
        """Give the organisations of a person, each as the ``organisation`` claim tells it.

        Raises
        ------
        RolesUnknown
            If the provider does not answer, or not as agreed.
        """
        said = self._ask("users", subject, "organisations")
        if said is None:
            return ()
        if not isinstance(said, list):
            raise RolesUnknown("The organisation API answered without a list of organisations.")
        return said

    def _ask(self, *steps: str) -> Any:
        path = "/".join(quote(step, safe="") for step in steps)
        headers = {"Authorization": f"bearer {token(self.told, at=time.time())}"}
        try:
            answer = httpx.get(
                f"{self.told.api_url}/{path}", headers=headers, timeout=PATIENCE_SECONDS
            )
            if answer.status_code == httpx.codes.NOT_FOUND:
                return None
            return answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise RolesUnknown(f"The organisation API failed: {type(error).__name__}.") from None


def token(told: SignInSettings, *, at: float) -> str:
    """Sign the token that lets the service ask; it ends five minutes after ``at``."""
    claims = {"iss": told.client_id, "aud": AUDIENCE, "exp": int(at) + TOKEN_SECONDS}
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(told.api_secret))


def _is_active(role: Mapping[str, Any]) -> bool:
    status = role.get("status")
    return status is None or (status.get("id") if isinstance(status, Mapping) else status) == ACTIVE
