"""A local GOV.UK Notify for tests: the settings that lead to it, and letters to send."""

import contextlib
import dataclasses
import datetime
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from django.test.utils import override_settings
from django.utils import timezone
from pydantic import SecretStr

from schoolhubs.service.letters import kinds
from schoolhubs.service.letters.actions import write
from schoolhubs.service.letters.drafts import Draft
from schoolhubs.service.letters.post import sending
from schoolhubs.service.letters.post.local_notify import (
    Faults,
    PostBox,
    application,
    new_key,
    template_ids,
)
from schoolhubs.service.letters.post.notify import Notify
from schoolhubs.service.stand_in import running

AT = datetime.datetime(2026, 2, 1, 9, tzinfo=datetime.UTC)
WHO: dict[str, Any] = {"by": "ada", "at": AT, "place": "tests"}
TOLD = {"school": "Ash School", "reference": "AB-1", "programme": "RISE"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A running local Notify, and what a worker must be told to reach it."""

    box: PostBox
    environ: dict[str, str]

    def sender(self, **changes: Any) -> sending.Sender:
        """Give a sender to it."""
        rules = dataclasses.replace(kinds.sending(), most_a_minute=60_000)
        notify = Notify(settings.ENVIRONMENT.notify(kinds.kinds()))
        given = {"notify": notify, "rules": rules, "clock": timezone.now, **changes}
        return sending.Sender(**given)


@contextlib.contextmanager
def post(faults: Faults | None = None, *, seconds: float = 5) -> Iterator[Post]:
    """Run a local Notify, with the service set up for it, while inside."""
    box, key = PostBox(faults), new_key()
    with running(application(box, api_key=key)) as url:
        told = {
            "notify_api_key": SecretStr(key), "notify_url": url, "notify_seconds": seconds,
            "notify_templates": template_ids(), "address": "https://hubs.example",
        }  # fmt: skip
        environ = {
            "SCHOOLHUBS_NOTIFY_API_KEY": key, "SCHOOLHUBS_NOTIFY_URL": url,
            "SCHOOLHUBS_NOTIFY_SECONDS": str(seconds), "SCHOOLHUBS_ADDRESS": "https://hubs.example",
            "SCHOOLHUBS_NOTIFY_TEMPLATES": _json(template_ids()),
        }  # fmt: skip
        with override_settings(ENVIRONMENT=settings.ENVIRONMENT.model_copy(update=told)):
            yield Post(box=box, environ=environ)


def _json(said: dict[str, str]) -> str:
    import json

    return json.dumps(said)


def draft(about: str = "application:AB-1/1", urn: str = "900001", **changes: Any) -> Draft:
    """Give a draft to a school's own address."""
    given = {
        "kind": "application_received", "about": about, "organisation_key": f"school:{urn}",
        "facts": TOLD, "path": "/applications", "addresses": (f"head@{urn}.example",), **changes,
    }  # fmt: skip
    return Draft(**given)


def written(*drafts: Draft) -> int:
    """Write letters, in a transaction of their own."""
    with transaction.atomic():
        return write(drafts, **WHO)
