"""GOV.UK Notify, through its own client: hands in one letter, or asks what became of one."""

import dataclasses
import threading
from collections.abc import Mapping
from typing import Any

from notifications_python_client.errors import HTTPError, InvalidResponse
from notifications_python_client.notifications import NotificationsAPIClient

from schoolhubs.service.environment import NotifySettings

TOO_MANY = 429
NOT_TAKEN = range(400, 500)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Notify has the letter, under this id."""

    notify_id: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Notify did not take it, and would not take it another time."""

    status: int
    errors: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NotNow:
    """Notify did not take it, as too many were sent; it may in a while."""

    seconds: float | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """No answer, or none that says anything: Notify may have the letter, or not."""

    what: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NotThere:
    """Asked by reference, Notify has no such letter."""


Outcome = Taken | Refused | NotNow | Unknown


class Notify:
    """Notify with this service's key; each thread has a connection of its own.

    Parameters
    ----------
    told
        Key, address, templates and how long an answer is waited for.
    """

    def __init__(self, told: NotifySettings) -> None:
        self.told = told
        self._held = threading.local()
        # Its lines quote what Notify says of a request, which may quote an address.

    def send(self, *, kind: str, to: str, facts: Mapping[str, str], reference: str) -> Outcome:
        """Hand in one letter; never raises."""
        template = self.told.templates.get(kind)
        if template is None:
            return Refused(status=0, errors=(f"no template is set for letters of kind {kind}",))
        try:
            said = self._client().send_email_notification(
                to, template, personalisation=dict(facts), reference=reference
            )
            return Taken(notify_id=str(said["id"]))
        except HTTPError as error:
            return _read(error)
        except (InvalidResponse, KeyError, TypeError, ValueError) as error:
            return Unknown(what=type(error).__name__)

    def ask(self, reference: str) -> Taken | NotThere | NotNow | Unknown:
        """Ask whether Notify has a letter with our reference; never raises."""
        try:
            said = self._client().get_all_notifications(reference=reference)
            found = [each["id"] for each in said["notifications"]]
        except HTTPError as error:
            read = _read(error)
            # Not to be told is not to be told that it is not there.
            return (
                Unknown(what=f"status {error.status_code}") if isinstance(read, Refused) else read
            )
        except (InvalidResponse, KeyError, TypeError, ValueError) as error:
            return Unknown(what=type(error).__name__)
        return Taken(notify_id=str(found[0])) if found else NotThere()

    def _client(self) -> NotificationsAPIClient:
        if not hasattr(self._held, "client"):
            self._held.client = NotificationsAPIClient(
                self.told.api_key, base_url=self.told.url, timeout=self.told.seconds
            )
        client: NotificationsAPIClient = self._held.client
        return client


def _read(error: HTTPError) -> Taken | Refused | NotNow | Unknown:
    if error.response is None:
        return Unknown(what="no answer")
    status = error.status_code
    if status == TOO_MANY:
        return NotNow(seconds=_seconds(error.response.headers.get("Retry-After")))
    if status in NOT_TAKEN:
        return Refused(status=status, errors=tuple(_errors(error.message)))
    return Unknown(what=f"status {status}")


def _errors(said: Any) -> list[str]:
    """Give the types of Notify's errors: their messages may quote what was sent.

    >>> _errors([{"error": "BadRequestError", "message": "Missing personalisation: school"}])
    ['BadRequestError']
    """
    if not isinstance(said, list):
        return []
    return [str(each.get("error", "")) for each in said if isinstance(each, Mapping)]


def _seconds(said: str | None) -> float | None:
    """Read a Retry-After in seconds; None for none, and for a date, which Notify never sends.

    >>> _seconds("7"), _seconds("Wed, 21 Oct 2026 07:28:00 GMT"), _seconds(None)
    (7.0, None, None)
    """
    return float(said) if said and said.isdecimal() else None
