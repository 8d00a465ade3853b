"""Django's settings, all of them worked out from the environment."""

import logging.config
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
import pghistory
from csp.constants import NONCE, NONE, SELF

from schoolhubs.service import environment

ENVIRONMENT = environment.read()
HERE = Path(__file__).parent

SECRET_KEY = ENVIRONMENT.secret_key.get_secret_value()
DEBUG = False
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)
ROOT_URLCONF = "schoolhubs.service.urls"
WSGI_APPLICATION = "schoolhubs.service.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "procrastinate.contrib.django",
    "pgtrigger",
    "pghistory",
    "schoolhubs.service.web",
    "schoolhubs.service.audit",
    "schoolhubs.service.history",
    "schoolhubs.service.clock",
    "schoolhubs.service.accounts",
    "schoolhubs.service.schools",
    "schoolhubs.service.network",
    "schoolhubs.service.programmes",
    "schoolhubs.service.eligibility",
    "schoolhubs.service.cohorts",
    "schoolhubs.service.matching",
    "schoolhubs.service.partnerships",
    "schoolhubs.service.reporting",
    "schoolhubs.service.jobs",
    "schoolhubs.service.imports",
    "schoolhubs.service.attendance",
    "schoolhubs.service.letters",
    "schoolhubs.service.sharing",
    "schoolhubs.service.targets",
    "schoolhubs.service.surveys",
    "schoolhubs.service.diagnosis",
    "schoolhubs.service.plans",
    "schoolhubs.service.delivery",
    "schoolhubs.service.events",
    "schoolhubs.service.training",
    "schoolhubs.service.funding",
    "schoolhubs.service.milestones",
    "schoolhubs.service.work",
    "schoolhubs.service.api",
    "schoolhubs.service.calendars",
    *(["schoolhubs.service.demo"] if ENVIRONMENT.is_demo else []),
]
MIDDLEWARE = [
    "schoolhubs.service.web.requests.NumberedRequests",
    "schoolhubs.service.metrics.CountedRequests",
    # What makes an answer safe stands outside of all that may answer or fail by itself.
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "schoolhubs.service.clock.middleware.OneDayARequest",
    "schoolhubs.service.history.middleware.ChangesAreNamed",
    "schoolhubs.service.accounts.middleware.ActorOfRequest",
    "schoolhubs.service.accounts.middleware.RightsAreChecked",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": False,
        "DIRS": [],
        "OPTIONS": {
            "environment": "schoolhubs.service.web.pages.page_environment",
            "context_processors": [
                "schoolhubs.service.web.pages.about_the_service",
                "schoolhubs.service.accounts.pages.about_the_actor",
            ],
        },
    }
]

DATABASE = dj_database_url.parse(
    ENVIRONMENT.database_url.get_secret_value(), conn_max_age=60, conn_health_checks=True
)
DATABASE["OPTIONS"] = {**DATABASE.get("OPTIONS", {}), "application_name": "schoolhubs"}
DATABASES = {"default": DATABASE}
# Drawn pages, in each process: about 20 MB when full.
KEPT_PAGES = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages"}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "pages": {**KEPT_PAGES, "OPTIONS": {"MAX_ENTRIES": 600}},
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False

STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "static"]
STATIC_ROOT = ENVIRONMENT.data_folder / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Events stand alone: who and where are in the event itself, so that no second table is written to.
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
AUTH_USER_MODEL = "accounts.Person"  # for the library's own view of events; nobody has a password

# Cookies that only this host can set, over TLS; a demo on this machine alone has no TLS.
HOST_PREFIX = "__Host-" if ENVIRONMENT.is_behind_tls else ""
SESSION_COOKIE_NAME = f"{HOST_PREFIX}schoolhubs-session"
CSRF_COOKIE_NAME = f"{HOST_PREFIX}schoolhubs-form"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.is_behind_tls
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = ENVIRONMENT.session_hours * 60 * 60
CSRF_FAILURE_VIEW = "schoolhubs.service.web.errors.form_out_of_date"
SECURE_SSL_REDIRECT = ENVIRONMENT.is_behind_tls
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.is_behind_tls else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if ENVIRONMENT.is_behind_tls else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ENVIRONMENT.is_behind_tls
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PROVIDER = ["{0.scheme}://{0.netloc}".format(urlsplit(ENVIRONMENT.sign_in_issuer))]
PROVIDER = PROVIDER if ENVIRONMENT.sign_in_issuer else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        # Signing out is a form that leads on to the provider, which ends its own session.
        "form-action": [SELF, *PROVIDER],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
# Files come in through one door alone, in pieces, straight to disk.
UPLOADS = ENVIRONMENT.data_folder / "uploads"
FILE_UPLOAD_HANDLERS = ["schoolhubs.service.imports.uploads.ToDisk"]
FILE_UPLOAD_PERMISSIONS = 0o600
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOGGING_CONFIG = None
logging.config.dictConfig(
    {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "schoolhubs.service.web.logs.JsonLines"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        # Its lines quote paths and values people typed; the numbered request says enough.
        # So do those of the client that asks the sign-in provider: a person's id stands in them.
        "loggers": {
            "procrastinate": {"level": "WARNING"},
            "django.request": {"level": "CRITICAL"},
            "django.security": {"level": "CRITICAL"},
            "httpx": {"level": "WARNING"},
            # What Notify says of a request may quote an address.
            "notifications_python_client": {"level": "CRITICAL"},
        },
    }
)
