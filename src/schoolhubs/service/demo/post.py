"""How the demonstration sends letters: to a local GOV.UK Notify, which gives them to nobody."""

import json
import socket
import sys

from schoolhubs.service.letters.post.local_notify import new_key, template_ids
from schoolhubs.service.supervisor import LOOPBACK, Address


def free_address() -> Address:
    """Give an address on this machine at which nothing answers yet."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return Address(port=int(probe.getsockname()[1]))


def environment(notify: Address, pages: Address) -> dict[str, str]:
    """Give the settings of a demonstration whose letters go to a local Notify."""
    return {
        "SCHOOLHUBS_NOTIFY_API_KEY": new_key(),
        "SCHOOLHUBS_NOTIFY_URL": notify.url,
        "SCHOOLHUBS_NOTIFY_TEMPLATES": json.dumps(template_ids()),
        "SCHOOLHUBS_ADDRESS": pages.url,
    }


def command(notify: Address) -> list[str]:
    """Give the command that serves the local Notify."""
    module = "schoolhubs.service.letters.post.local_notify"
    return [sys.executable, "-m", module, "--port", str(notify.port)]
