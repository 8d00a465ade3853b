"""``manage verify_audit``: look for edits, deletions, reorderings and a cut tail."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from schoolhubs.service.audit.queries import broken

MOST_TOLD = 20


class Command(BaseCommand):
    """Check the chain; exit 0 if whole, 3 if not."""

    help = "Look for edits, deletions, reorderings and a cut tail of the audit log."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the form of the answer."""
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: Any, as_json: bool, **__: Any) -> None:
        """Check it and say what was found."""
        n_entries, found = broken()
        if as_json:
            said = {"entries": n_entries, "is_whole": not found, "problems": found}
            self.stdout.write(json.dumps(said, indent=2))
        else:
            self.stdout.write(f"{n_entries:,} entries; {'whole' if not found else 'BROKEN'}.")
            for fault in found[:MOST_TOLD]:
                self.stdout.write(f"  {fault}")
            if len(found) > MOST_TOLD:
                self.stdout.write(f"  and {len(found) - MOST_TOLD:,} more")
        if found:
            sys.exit(3)
