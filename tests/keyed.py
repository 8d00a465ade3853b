"""Programs with keys, as tests ask through the API."""

import datetime
import json
import uuid
from typing import Any

from django.utils import timezone

from schoolhubs.service.accounts.models import Organisation
from schoolhubs.service.api.keys import actions
from schoolhubs.service.api.keys.scopes import scopes_for
from schoolhubs.service.api.models import ApiKey
from schoolhubs.service.partnerships.models import Partnership
from watchful import WatchfulClient

FAR = datetime.timedelta(days=300)
HERE = {"by": "officer", "organisation": "office:x", "place": "tests"}


def proposal(world: Any, side: str = "own") -> Partnership:
    """Give a side's proposed match, which nobody has answered."""
    application = world.applications[side]
    lead = world.organisations[side, "lead"].urn
    ours = Partnership.objects.filter(partner_urn=application.urn, lead_urn=lead, state="proposed")
    return ours.first() or Partnership.objects.create(
        programme_id=application.programme_id, cohort_id=application.cohort_id,
        application=application, partner_urn=application.urn, lead_urn=lead, pathway="enhanced",
        starts_on=datetime.date(2026, 1, 1), finishes_on=datetime.date(2027, 1, 1),
        proposed_at=timezone.now(), proposed_by="officer",
    )  # fmt: skip


def key_for(organisation: Organisation, *scopes: str, name: str = "") -> tuple[ApiKey, str]:
    """Make a key with some scopes; without a name it has one of its own."""
    now = timezone.now()
    name = name or f"A program, {uuid.uuid4().hex[:8]}"
    return actions.make_key(
        organisation, name=name, scopes=scopes, expires_on=(now + FAR).date(), at=now, **HERE
    )


def every_scope(organisation: Organisation) -> tuple[str, ...]:
    """Give every scope that an organisation's kind can have."""
    return scopes_for(organisation.kind)


class Program(WatchfulClient):
    """A client with a key, or without one; it looks at every answer and log line."""

    def __init__(self, token: str = "", organisation: Organisation | None = None) -> None:
        super().__init__(**({"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}))
        if organisation:
            self.own = frozenset({organisation.key})
            self.sees_all = organisation.kind in {"office", "auditor"}

    def change(
        self, address: str, said: Any, *, method: str = "POST", tag: str = "", repeat: str = ""
    ) -> Any:
        """Ask for a change, under a new Idempotency-Key unless one is given."""
        headers = {"Idempotency-Key": repeat or str(uuid.uuid4())}
        if tag:
            headers["If-Match"] = tag
        body = said if isinstance(said, str | bytes) else json.dumps(said)
        return self.generic(method, address, body, content_type="application/json", headers=headers)


def program(organisation: Organisation, *scopes: str) -> Program:
    """Give a program of an organisation; with every scope of its kind where none is named."""
    _, token = key_for(organisation, *(scopes or every_scope(organisation)))
    return Program(token, organisation)
