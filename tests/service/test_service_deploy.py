"""What a deployment needs: container files that hold to the rules, and a restore that works."""

import re
import shlex
import subprocess
import uuid
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from psycopg import sql

from invented import AT
from schoolhubs.service import embedded_postgres
from schoolhubs.service.audit.actions import record
from schoolhubs.service.audit.queries import broken
from schoolhubs.service.history.queries import changes_of
from schoolhubs.service.network.models import Hub

PROJECT = Path(__file__).resolve().parents[2]
REGISTRY = re.compile(
    r"--(extra-)?index-url|[a-z0-9-]+(\.[a-z0-9-]+)+/(simple|pypi)", re.IGNORECASE
)


def instructions(text: str) -> list[tuple[str, str]]:
    """Give the instructions of a Containerfile, continued lines joined."""
    joined = re.sub(r"\\\n", " ", text)
    lines = (line.strip() for line in joined.splitlines())
    return [
        (line.split()[0], line.partition(" ")[2].strip())
        for line in lines
        if line and not line.startswith("#")
    ]


def faults_of_image(text: str) -> list[str]:
    """Name the rules that a Containerfile breaks."""
    told = instructions(text)
    final = told[max(n for n, (word, _) in enumerate(told) if word == "FROM") :]
    said = {word: [value for each, value in final if each == word] for word, _ in final}
    faults = []
    if any(":" not in value.split()[0] or ":latest" in value for w, value in told if w == "FROM"):
        faults.append("an image without its version")
    if not said.get("USER") or said["USER"][-1].split(":")[0] in {"root", "0"}:
        faults.append("runs as root")
    if not said.get("HEALTHCHECK"):
        faults.append("no health check")
    if len(said.get("CMD", [])) != 1 or not said["CMD"][0].startswith("["):
        faults.append("not one command, as a list")
    if any(word == "ADD" for word, _ in told):
        faults.append("ADD")
    for word, value in told:
        if word in {"ENV", "ARG"} and re.search("SECRET|PASSWORD|DATABASE_URL|API_KEY", value):
            faults.append("a secret in the image")
        if word == "RUN" and "pip install" in value:
            installs = [each for each in value.split("&&") if "pip install" in each]
            if not all("--require-hashes" in each or "--no-deps" in each for each in installs):
                faults.append("something installed without its hash")
        if word == "RUN" and "apt-get" in value:
            faults.append("packages of the system")
    if REGISTRY.search(text):
        faults.append("a registry named")
    return faults


def faults_of_compose(told: dict[str, Any]) -> list[str]:
    """Name the rules that a compose file breaks."""
    faults = [
        f"no {name}"
        for name in ("database", "migrate", "web", "worker")
        if name not in told["services"]
    ]
    for name, each in told["services"].items():
        if not each.get("read_only"):
            faults.append(f"{name} may write to its root")
        if "no-new-privileges:true" not in each.get("security_opt", []):
            faults.append(f"{name} may gain rights")
        if each.get("privileged") or "host" in {each.get("network_mode"), each.get("pid")}:
            faults.append(f"{name} reaches the host")
        if not each.get("healthcheck") and "build" not in each:
            faults.append(f"nobody asks after {name}")
        for variable, value in (each.get("environment") or {}).items():
            is_secret = re.search("SECRET|PASSWORD|DATABASE_URL|KEY", variable)
            if is_secret and not re.fullmatch(r"\$\{\w+:\?[^}]+\}", str(value)):
                faults.append(f"a secret of {name} does not come from outside")
        ports = [str(port) for port in each.get("ports", [])]
        if not all(port.startswith("127.0.0.1:") for port in ports):
            faults.append(f"{name} listens to everybody")
    return faults


def containerfile() -> str:
    return (PROJECT / "Containerfile").read_text()


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((PROJECT / "compose.yaml").read_text()))


def test_the_image_holds_to_the_rules() -> None:
    assert faults_of_image(containerfile()) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("USER 10001:10001\n", "", "runs as root"),
        ("USER 10001:10001", "USER root", "runs as root"),
        ("python:3.11-slim\n", "python\n", "an image without its version"),
        ("HEALTHCHECK", "# HEALTHCHECK", "no health check"),
        ("--require-hashes ", "", "something installed without its hash"),
        ("SCHOOLHUBS_DATA=/data", "SCHOOLHUBS_SECRET_KEY=abc", "a secret in the image"),
        ("pip install", "pip install --index-url x", "a registry named"),
    ],
)
def test_an_image_that_breaks_one_is_seen(before: str, after: str, fault: str) -> None:
    assert before in containerfile()
    assert fault in faults_of_image(containerfile().replace(before, after))


def test_what_the_image_copies_is_there() -> None:
    for word, value in instructions(containerfile()):
        if word == "COPY" and "--from" not in value:
            for name in shlex.split(value)[:-1]:
                assert (PROJECT / name).exists(), name


def test_the_services_hold_to_the_rules() -> None:
    assert faults_of_compose(compose()) == []
    assert compose()["services"]["database"]["image"] == "postgres:18"


def test_services_that_break_one_are_seen() -> None:
    told = compose()
    web, database = told["services"]["web"], told["services"]["database"]
    web["read_only"], web["ports"] = False, ["8000:8000"]
    web["environment"] = {"SCHOOLHUBS_SECRET_KEY": "abc"}
    database["healthcheck"], database["security_opt"] = None, []
    del told["services"]["worker"]
    assert faults_of_compose(told) == [
        "no worker", "database may gain rights", "nobody asks after database",
        "web may write to its root", "a secret of web does not come from outside",
        "web listens to everybody",
    ]  # fmt: skip


def lived_in() -> Hub:
    """Leave a row with a history and an audit entry."""
    hub = Hub.objects.create(programme_id="rise-hubs-2025", lead_urn="900001")
    Hub.objects.update(lead_urn="900002")
    with transaction.atomic():
        record(by="officer", at=AT, action="round.publish", subject="round:1", place="tests")
    return hub


@pytest.mark.usefixtures("own_database")
def test_a_backup_is_restored_and_whole(postgres: str, tmp_path: Path) -> None:
    """Do what docs/how-to/deploy.md says, step by step."""
    hub = lived_in()
    urls = embedded_postgres.addresses(postgres, connection.settings_dict["NAME"])
    dump = tmp_path / "schoolhubs.dump"
    command = [embedded_postgres.program("pg_dump"), "--format=custom", f"--file={dump}"]
    subprocess.run([*command, urls.owner_url], check=True)
    anchors = settings.ENVIRONMENT.anchors_file.read_bytes()
    Hub.objects.all().delete()  # what happens after a backup, and is lost with the disk

    name = f"restored_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres, autocommit=True) as superuser:
        make = sql.SQL("CREATE DATABASE {} OWNER {}")
        superuser.execute(
            make.format(sql.Identifier(name), sql.Identifier(embedded_postgres.OWNER))
        )
    address = postgres.replace("/postgres?", f"/{name}?")
    command = [embedded_postgres.program("pg_restore"), "--exit-on-error", f"--dbname={address}"]
    subprocess.run([*command, str(dump)], check=True)

    connection.close()
    connection.settings_dict["NAME"] = name
    assert Hub.objects.get().lead_urn == "900002"
    assert [change.kind for change in changes_of(hub)] == ["made", "changed"]
    call_command("migrate", "--check", verbosity=0)
    settings.ENVIRONMENT.anchors_file.write_bytes(anchors[anchors.rfind(b"\n", 0, -1) + 1 :])
    assert broken() == (1, [])
    # What was taken from the service's role is still taken.
    refused = pytest.raises(Exception, match="permission denied")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditentry SET reason = 'another'")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM network_hubevent")
