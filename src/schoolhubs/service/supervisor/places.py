"""What one service has to itself: an address, a data folder, and what is kept in the folder."""

import contextlib
import dataclasses
import fcntl
import secrets
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

from schoolhubs.vocabulary.errors import UsageError

LOOPBACK = "127.0.0.1"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where pages are served: this machine alone, unless a deployment says otherwise."""

    host: str = LOOPBACK
    port: int = 8000

    @property
    def url(self) -> str:
        """Address of the start page.

        >>> Address(port=8000).url
        'http://127.0.0.1:8000'
        """
        return f"http://{self.host}:{self.port}"


def refuse_taken_port(address: Address) -> None:
    """Refuse to start where another program answers already.

    Raises
    ------
    UsageError
        Naming the port and how to choose another.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError as error:
            raise UsageError(
                f"Port {address.port} on {address.host} cannot be used ({error.strerror}). "
                "Stop the program that holds it, or choose another with --port."
            ) from None


@contextlib.contextmanager
def held(folder: Path) -> Iterator[int]:
    """Have a data folder to oneself while inside; gives the open file that holds it.

    The operating system lets go of it with the last process that has it open, however that ends.

    Raises
    ------
    UsageError
        If another service has the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "in-use").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"Another service uses the folder {folder}. "
                "Stop it, or choose another folder with --data."
            ) from None
        yield file.fileno()


def kept_secret(folder: Path, name: str = "secret-key") -> str:
    """Give the secret of a name kept in ``folder``, making it on the first start."""
    path = folder / name
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


def metrics_folder(folder: Path) -> Path:
    """Give an empty folder in which the processes that serve pages share their counts."""
    shared = folder / "metrics"
    shutil.rmtree(shared, ignore_errors=True)
    shared.mkdir(parents=True)
    return shared
