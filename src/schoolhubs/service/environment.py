"""What the service is told from outside: environment variables, read once, named when missing."""

import dataclasses
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Literal, Self
from urllib.parse import parse_qs, urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from schoolhubs.vocabulary.errors import UsageError

PREFIX = "SCHOOLHUBS_"
SIGN_IN = PREFIX + "SIGN_IN_"
NOTIFY = PREFIX + "NOTIFY_"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# What a browser takes for an address of email, too: an address alone, without a name or a link.
AN_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
READ_MORE = "docs/reference/settings.md says what each variable is for."
ClientAuthentication = Literal["client_secret_post", "client_secret_basic"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SignInSettings:
    """What it takes to sign people in; see :class:`Environment` for each."""

    issuer: str
    client_id: str
    client_secret: str
    client_authentication: ClientAuthentication
    api_url: str
    api_secret: str
    service_id: str
    organisation_kinds: Mapping[str, str] = dataclasses.field(hash=False)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NotifySettings:
    """What it takes to send letters; see :class:`Environment` for each."""

    api_key: str = dataclasses.field(repr=False)
    url: str
    seconds: float
    templates: Mapping[str, str] = dataclasses.field(hash=False)
    address: str
    contact: str


class Environment(BaseSettings):
    """Every setting of the service; the names in capitals are the environment variables.

    Parameters
    ----------
    database_url
        ``DATABASE_URL``: PostgreSQL as the service's own role,
        which is no superuser.
    secret_key
        ``SCHOOLHUBS_SECRET_KEY``: signs cookies and links; 50 random characters or more.
    hosts
        ``SCHOOLHUBS_HOSTS``: host names the service answers to, as a JSON list.
    is_demo
        ``SCHOOLHUBS_DEMO``: role cards instead of an outside sign-in; loopback only.
    is_on_gov_uk
        ``SCHOOLHUBS_ON_GOV_UK``: the crown, the GOV.UK name and its typeface.
    is_behind_tls
        ``SCHOOLHUBS_BEHIND_TLS``: false only where pages are served on this machine alone.
    service_name
        ``SCHOOLHUBS_SERVICE_NAME``: the name at the top of every page.
    contact
        ``SCHOOLHUBS_CONTACT``: the email address that answers about accessibility and privacy, and
        that calendars show dates to be from; an address alone, or nothing.
    programme_ids
        ``SCHOOLHUBS_PROGRAMMES``: the programmes the service runs, as a JSON list.
    data_folder
        ``SCHOOLHUBS_DATA``: static files and uploads on their way in.
    anchors_file
        ``SCHOOLHUBS_ANCHORS``: where the audit log is anchored; on another disk than the database.
    sign_in_issuer
        ``SCHOOLHUBS_SIGN_IN_ISSUER``: address of the sign-in provider, as its tokens name it.
    sign_in_client_id, sign_in_client_secret
        ``SCHOOLHUBS_SIGN_IN_CLIENT_ID``, ``SCHOOLHUBS_SIGN_IN_CLIENT_SECRET``: this service there.
    sign_in_client_authentication
        ``SCHOOLHUBS_SIGN_IN_CLIENT_AUTHENTICATION``: as set up at the provider.
    sign_in_api_url, sign_in_api_secret, sign_in_service_id
        ``SCHOOLHUBS_SIGN_IN_API_URL`` and so on: the provider's organisation API, which says who
        holds which role.
    organisation_kinds
        ``SCHOOLHUBS_ORGANISATION_KINDS``: the organisations that are neither school, trust nor
        local authority, as a JSON object of the provider's id and ``office``, ``evaluator`` or
        ``auditor``.
    address
        ``SCHOOLHUBS_ADDRESS``: where people open the service, such as
        ``https://hubs.example.org``; the links in letters begin with it.
    notify_api_key
        ``SCHOOLHUBS_NOTIFY_API_KEY``: this service's key at GOV.UK Notify, which sends its letters.
    notify_url
        ``SCHOOLHUBS_NOTIFY_URL``: where Notify's API is; its own address unless set.
    notify_templates
        ``SCHOOLHUBS_NOTIFY_TEMPLATES``: the id of the template of each kind of letter, as a JSON
        object; ``manage letters_templates`` prints the kinds with their wording.
    notify_seconds
        ``SCHOOLHUBS_NOTIFY_SECONDS``: how long one answer of Notify is waited for. Assumed.
    pupil_key
        ``SCHOOLHUBS_PUPIL_KEY``: the secret by which pupils' identifiers become hashes, 64
        hexadecimal digits (``openssl rand -hex 32``); without it no school can bring its marks,
        with another every pupil becomes somebody else.
    role_seconds
        ``SCHOOLHUBS_ROLE_SECONDS``: how long a role is believed before the provider is asked
        again; 60 at most, 0 asks at every request. Assumed.
    most_attempts
        ``SCHOOLHUBS_MOST_ATTEMPTS``: tries of a piece of work before it is parked and shown.
        Assumed.
    silent_seconds
        ``SCHOOLHUBS_SILENT_SECONDS``: a worker that gives no sign of life for so long is taken
        for gone, and another takes up its work. Assumed.
    upload_megabytes
        ``SCHOOLHUBS_UPLOAD_MEGABYTES``: most that is taken in one upload of published files; the
        largest file the school register is built from has about 150. Assumed.
    metrics_from
        ``SCHOOLHUBS_METRICS_FROM``: addresses that may read /metrics, as a JSON list.
    n_proxies
        ``SCHOOLHUBS_PROXIES``: how many proxies of yours stand before the service, each putting
        the address it was called from at the end of ``X-Forwarded-For``; 0 takes the address that
        called. Requests without a key are counted by it.
    fault_at
        ``SCHOOLHUBS_FAULT_AT``: for tests alone: the point at which a worker ends itself.
    idle_minutes, session_hours
        ``SCHOOLHUBS_IDLE_MINUTES``, ``SCHOOLHUBS_SESSION_HOURS``: a session ends this long after
        its last page, and this long after signing in. Assumed.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    database_url: SecretStr = Field(validation_alias="DATABASE_URL")
    secret_key: SecretStr = Field(validation_alias=PREFIX + "SECRET_KEY", min_length=50)
    hosts: tuple[str, ...] = Field(validation_alias=PREFIX + "HOSTS", min_length=1)
    is_demo: bool = Field(False, validation_alias=PREFIX + "DEMO")
    is_on_gov_uk: bool = Field(False, validation_alias=PREFIX + "ON_GOV_UK")
    is_behind_tls: bool = Field(True, validation_alias=PREFIX + "BEHIND_TLS")
    service_name: str = Field("School hubs", validation_alias=PREFIX + "SERVICE_NAME")
    contact: str = Field("", validation_alias=PREFIX + "CONTACT")
    programme_ids: tuple[str, ...] = Field(
        ("rise-hubs-2025", "special-ap-hubs-example"), validation_alias=PREFIX + "PROGRAMMES"
    )
    data_folder: Path = Field(Path("data"), validation_alias=PREFIX + "DATA")
    anchors_file: Path = Field(Path("data/anchors.jsonl"), validation_alias=PREFIX + "ANCHORS")
    sign_in_issuer: str = Field("", validation_alias=SIGN_IN + "ISSUER")
    sign_in_client_id: str = Field("", validation_alias=SIGN_IN + "CLIENT_ID")
    sign_in_client_secret: SecretStr = Field(
        SecretStr(""), validation_alias=SIGN_IN + "CLIENT_SECRET"
    )
    sign_in_client_authentication: ClientAuthentication = Field(
        "client_secret_post", validation_alias=SIGN_IN + "CLIENT_AUTHENTICATION"
    )
    sign_in_api_url: str = Field("", validation_alias=SIGN_IN + "API_URL")
    sign_in_api_secret: SecretStr = Field(SecretStr(""), validation_alias=SIGN_IN + "API_SECRET")
    sign_in_service_id: str = Field("", validation_alias=SIGN_IN + "SERVICE_ID")
    organisation_kinds: dict[str, Literal["office", "evaluator", "auditor"]] = Field(
        {}, validation_alias=PREFIX + "ORGANISATION_KINDS"
    )
    address: str = Field("", validation_alias=PREFIX + "ADDRESS")
    notify_api_key: SecretStr = Field(SecretStr(""), validation_alias=NOTIFY + "API_KEY")
    notify_url: str = Field(
        "https://api.notifications.service.gov.uk", validation_alias=NOTIFY + "URL"
    )
    notify_templates: dict[str, str] = Field({}, validation_alias=NOTIFY + "TEMPLATES")
    notify_seconds: float = Field(10, gt=0, validation_alias=NOTIFY + "SECONDS")
    pupil_key: SecretStr = Field(SecretStr(""), validation_alias=PREFIX + "PUPIL_KEY")
    role_seconds: int = Field(60, ge=0, le=60, validation_alias=PREFIX + "ROLE_SECONDS")
    idle_minutes: int = Field(60, ge=1, validation_alias=PREFIX + "IDLE_MINUTES")
    most_attempts: int = Field(5, ge=1, validation_alias=PREFIX + "MOST_ATTEMPTS")
    silent_seconds: float = Field(15, gt=0, validation_alias=PREFIX + "SILENT_SECONDS")
    upload_megabytes: int = Field(500, ge=1, validation_alias=PREFIX + "UPLOAD_MEGABYTES")
    metrics_from: tuple[str, ...] = Field(
        ("127.0.0.1", "::1"), validation_alias=PREFIX + "METRICS_FROM"
    )
    n_proxies: int = Field(0, ge=0, validation_alias=PREFIX + "PROXIES")
    fault_at: str = Field("", validation_alias=PREFIX + "FAULT_AT")
    session_hours: int = Field(12, ge=1, validation_alias=PREFIX + "SESSION_HOURS")

    @model_validator(mode="after")
    def _demonstration_stays_on_this_machine(self) -> Self:
        """Refuse role cards anywhere but on this machine, with the database that came along."""
        if not self.is_demo:
            return self
        database = self.database_url.get_secret_value()
        for is_wrong, name, wanted in (
            (not LOOPBACK.issuperset(self.hosts), PREFIX + "HOSTS", "only 127.0.0.1 or localhost"),
            (not _is_socket(database), "DATABASE_URL", "the embedded database: leave it out"),
            (self.is_behind_tls, PREFIX + "BEHIND_TLS", "false"),
            (self.is_on_gov_uk, PREFIX + "ON_GOV_UK", "false"),
            (not _is_loopback(self.sign_in_issuer), SIGN_IN + "ISSUER", "on 127.0.0.1"),
            (not _is_loopback(self.sign_in_api_url), SIGN_IN + "API_URL", "on 127.0.0.1"),
            (not _is_loopback(self.notify_url), NOTIFY + "URL", "on 127.0.0.1"),
        ):
            if is_wrong:
                raise ValueError(f"a demonstration stays on this machine: {name} must be {wanted}")
        return self

    @model_validator(mode="after")
    def _secrets_travel_encrypted(self) -> Self:
        """Refuse a provider without TLS, unless it is on this machine."""
        for name, url in (("ISSUER", self.sign_in_issuer), ("API_URL", self.sign_in_api_url)):
            if url and not url.startswith("https://") and not _is_loopback(url):
                raise ValueError(f"{SIGN_IN}{name} must begin with https://")
        is_served_here = not self.is_behind_tls and _is_loopback(self.notify_url)
        if not self.notify_url.startswith("https://") and not is_served_here:
            raise ValueError(f"{NOTIFY}URL must begin with https://")
        return self

    @model_validator(mode="after")
    def _contact_is_an_address(self) -> Self:
        """Refuse what is no address here: else calendars would fail once somebody opens one."""
        if self.contact and not AN_ADDRESS.fullmatch(self.contact):
            raise ValueError(
                f"{PREFIX}CONTACT must be an email address alone, such as hubs@example.org, "
                "or be left out"
            )
        return self

    def sign_in(self) -> SignInSettings:
        """Give what signing in needs; asked for before the first page is served.

        Raises
        ------
        UsageError
            Naming every variable that is missing.
        """
        told = {
            "issuer": self.sign_in_issuer.rstrip("/"),
            "client_id": self.sign_in_client_id,
            "client_secret": self.sign_in_client_secret.get_secret_value(),
            "api_url": self.sign_in_api_url.rstrip("/"),
            "api_secret": self.sign_in_api_secret.get_secret_value(),
            "service_id": self.sign_in_service_id,
        }
        if missing := [SIGN_IN + name.upper() for name, value in told.items() if not value]:
            raise UsageError(
                f"Nobody could sign in, as these are missing: {', '.join(missing)}.\n{READ_MORE}"
            )
        return SignInSettings(
            **told,
            client_authentication=self.sign_in_client_authentication,
            organisation_kinds=self.organisation_kinds,
        )

    def notify(self, kinds: Collection[str]) -> NotifySettings:
        """Give what sending letters needs; asked for before the first page is served.

        Parameters
        ----------
        kinds
            The kinds of letters there are: each needs its template.

        Raises
        ------
        UsageError
            Naming every variable that is missing, and each kind without a template.
        """
        key = self.notify_api_key.get_secret_value()
        told = {NOTIFY + "API_KEY": key, PREFIX + "ADDRESS": self.address}
        missing = [name for name, value in told.items() if not value]
        left = [kind for kind in kinds if not self.notify_templates.get(kind)]
        if left:
            missing.append(f"{NOTIFY}TEMPLATES (no template for {', '.join(left)})")
        if missing:
            raise UsageError(
                f"No letter could be sent, as these are missing: {', '.join(missing)}.\n{READ_MORE}"
            )
        return NotifySettings(
            api_key=key,
            url=self.notify_url,
            seconds=self.notify_seconds,
            templates=self.notify_templates,
            address=self.address.rstrip("/"),
            contact=self.contact or "the programme office",
        )


def _is_loopback(url: str) -> bool:
    """Tell an address on this machine; an empty one leads nowhere.

    >>> _is_loopback("http://127.0.0.1:8001"), _is_loopback("https://signin.example")
    (True, False)
    """
    return not url or urlsplit(url).hostname in LOOPBACK


def _is_socket(database_url: str) -> bool:
    """Tell a database reached over a Unix socket, as the embedded one is.

    >>> _is_socket("postgresql://u@/d?host=/data/postgres"), _is_socket("postgresql://u@db/d")
    (True, False)
    """
    told = urlsplit(database_url)
    hosts = [told.hostname] if told.hostname else parse_qs(told.query).get("host", [])
    return bool(hosts) and all(host and host.startswith("/") for host in hosts)


def read() -> Environment:
    """Read the environment.

    Raises
    ------
    UsageError
        Naming every variable that is missing or cannot be read, and never showing its value.
    """
    try:
        return Environment()  # type: ignore[call-arg]
    except ValidationError as error:
        lines = [": ".join([*map(str, fault["loc"][:1]), fault["msg"]]) for fault in error.errors()]
        told = "\n".join(lines)
        raise UsageError(
            f"The service cannot start, as its environment is incomplete.\n{told}\n{READ_MORE}"
        ) from None
