"""``manage letters_templates``: the wording of each kind of letter, to be set up in Notify."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from schoolhubs.service.letters.kinds import kinds


class Command(BaseCommand):
    """Print every template, and then the setting that says which template is which."""

    help = "Print each kind of letter as a template to be pasted into GOV.UK Notify."

    def handle(self, *_: Any, **__: Any) -> None:
        """Print name, subject and message of each, as Notify's page for a new template asks."""
        for kind, letter in kinds().items():
            self.stdout.write(f"Template name: {letter.title} ({kind})")
            self.stdout.write(f"Subject: {letter.subject}")
            self.stdout.write(f"Message:\n{letter.body}\n")
        known = settings.ENVIRONMENT.notify_templates
        ids = {kind: known.get(kind, "the template’s ID in Notify") for kind in kinds()}
        self.stdout.write(f"SCHOOLHUBS_NOTIFY_TEMPLATES={json.dumps(ids, ensure_ascii=False)}")
