"""All settings, from the environment; the defaults run the embedded database on one machine."""

import sys
from pathlib import Path
from urllib.parse import quote, unquote

import environ
from csp.constants import NONE, SELF

from makerspace.config import sqlite

sqlite.install()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR = BASE_DIR / "var"
TESTING = "pytest" in sys.modules
env = environ.Env()
VAR.mkdir(exist_ok=True)

DEMO = env.bool("DEMO", default=False)
DEBUG = False
SECRET_FILE = VAR / "secret-key"


def _secret() -> str:
    """The key from the environment; in demo and tests one made once and kept beside the database."""
    given: str = env.str("SECRET_KEY", default="")
    if given:
        return given
    if TESTING:
        return "only-for-tests-" + "x" * 50
    if SECRET_FILE.exists():
        return SECRET_FILE.read_text().strip()
    return ""


NO_SECRET = "unset-commands-without-secrets-may-run"  # noqa: S105  known to all, so that no server starts with it
SECRET_KEY = _secret() or NO_SECRET
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", default="http://127.0.0.1:8000")
SECURE_DEPLOYMENT = PUBLIC_BASE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL] if SECURE_DEPLOYMENT else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "makerspace.web",
    "django.forms",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "ninja",
    "makerspace.office.people",
    "makerspace.office.record",
    "makerspace.office.documents",
    "makerspace.office.notify",
    "makerspace.office.casework",
    "makerspace.matters.registers",
    "makerspace.matters.application",
    "makerspace.matters.review",
    "makerspace.matters.recognition",
    "makerspace.matters.support",
    "makerspace.matters.assessment",
    "makerspace.matters.funding",
    "makerspace.doors.portal",
    "makerspace.doors.workbench",
    "makerspace.doors.api",
    "makerspace.doors.clock",
    "makerspace.doors.training",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "makerspace.web.middleware.Limits",
    "makerspace.web.middleware.Display",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "makerspace.office.people.middleware.SessionAge",
    "makerspace.web.middleware.DefaultDeny",
]

ROOT_URLCONF = "makerspace.config.urls"
WSGI_APPLICATION = "makerspace.config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "makerspace.web.context.site",
            ],
        },
    },
]

# -- database: SQLite embedded, PostgreSQL to grow ---------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR / 'makerspace.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["ENGINE"] = "makerspace.config.sqlite3"
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "cached_statements": 1000,  # a life of a case has more kinds of statements than the usual 128
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;PRAGMA recursive_triggers=ON;"
            "PRAGMA cache_size=-32000;PRAGMA temp_store=MEMORY;PRAGMA wal_autocheckpoint=4000;"
        ),
    }
    DATABASES["default"]["CONN_MAX_AGE"] = None
else:
    DATABASES["default"]["HOST"] = unquote(str(DATABASES["default"]["HOST"]))
    DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 1, "max_size": 4}} if not TESTING else {}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": env.cache_url("CACHE_URL", default="dbcache://cache_entries")}

# -- people ------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["makerspace.office.people.sessions.Backend"]
PASSWORD_HASHERS = [
    "makerspace.office.people.hashing.BoundedArgon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/work/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "makerspace.office.people.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]  # a user name would tell which ones are taken
ACCOUNT_SIGNUP_FORM_CLASS = "makerspace.office.people.forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = (
    "optional" if DEMO else "mandatory"
)  # else signing up tells which addresses have an account
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",  # attempts themselves are counted in people.throttle
    "signup": "20/m/ip",
    "reset_password": "20/m/ip,5/m/key",
    "confirm_email": "1/3m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE_DEPLOYMENT else "http"
PASSWORD_RESET_TIMEOUT = 30 * 60
USERSESSIONS_TRACK_ACTIVITY = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "昆明市众创空间认定管理系统"
SESSION_ENGINE = "makerspace.office.people.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_SECONDS = 30 * 60 if not DEMO else 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_DEPLOYMENT
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "makerspace.web.views.csrf_failure"

# -- web ---------------------------------------------------------------------------------------------------------------
SECURE_HSTS_SECONDS = 31536000 if SECURE_DEPLOYMENT else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
THIRD_PARTY_POLICIES: dict[str, str] = {
    "account_login": "public",
    "account_logout": "public",
    "account_signup": "public",
    "account_inactive": "public",
    "account_reset_password": "public",
    "account_reset_password_done": "public",
    "account_reset_password_from_key": "public",
    "account_reset_password_from_key_done": "public",
    "account_confirm_email": "public",
    "account_email_verification_sent": "public",
    "account_reauthenticate": "signed_in",
    "account_email": "signed_in",
    "account_change_password": "signed_in",
    "account_set_password": "signed_in",
    "mfa_authenticate": "public",
    "mfa_trust": "signed_in",
    "mfa_": "signed_in",
    "usersessions_list": "signed_in",
    "api-1:": "public",
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6000
DATA_UPLOAD_MAX_NUMBER_FILES = 10
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
UPLOAD_CASE_BYTES = 500 * 1024 * 1024
UPLOAD_CASE_FILES = 300
BODY_MAX_BYTES = 24 * 1024 * 1024
STORAGE_URL = env.str("STORAGE_URL", default=f"file://{VAR / 'files'}")
STORAGE_ROOT = None if STORAGE_URL.startswith("s3://") else Path(STORAGE_URL.removeprefix("file://"))
PREVIEW_ROOT = VAR / "previews"
FONT_ROOT = VAR / "fonts"

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
NODE = BASE_DIR / "node_modules"
VENDOR_FILES = {
    "vendor/tabler/css/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/tabler/css/tabler.min.css.map": "@tabler/core/dist/css/tabler.min.css.map",
}
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "makerspace.web.finders.VendorFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_MANIFEST_STRICT = False
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = TESTING
MEDIA_ROOT = VAR / "unused-media"

# -- language and time -------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "makerspace" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# -- messages ----------------------------------------------------------------------------------------------------------
_mail = env.email_url("EMAIL_URL", default="filemail://" + quote(str(VAR / "mail")))
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST = _mail.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = _mail.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = f"/{_mail['EMAIL_FILE_PATH']}"  # of a filemail:// address, whose first stroke is taken away
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="kjj@example.invalid")
METRICS_ALLOW = env.list("METRICS_ALLOW", default=[])
CLAMD_SOCKET = env.str("CLAMD_SOCKET", default="")
SMS_ADAPTOR = env.str("SMS_ADAPTOR", default="")

# -- the office --------------------------------------------------------------------------------------------------------
SEAL_ALGORITHM = env.str("SEAL_ALGORITHM", default="sm3")
IDENTITY_KEY = env.str("IDENTITY_KEY", default="")
ACCOUNT_KEYS = env.list("ACCOUNT_KEYS", default=[])
_BESIDE = f"{DATABASES['default']['NAME']}.anchor" if DATABASES["default"]["ENGINE"].endswith("sqlite3") else ""
ANCHOR_FILE = env.str("ANCHOR_FILE", default=_BESIDE)
ANCHOR_KEY = env.str("ANCHOR_KEY", default="")
TRAINING_CLOCK = DEMO or TESTING or env.bool("TRAINING_CLOCK", default=False)
CLOCK_FILE = Path(env.str("CLOCK_FILE", default=str(VAR / "training-clock")))
SITE = {
    "name": "昆明市众创空间认定管理系统",
    "sponsor": env.str("SITE_SPONSOR", default="昆明市科学技术局"),
    "phone": env.str("SITE_PHONE", default="0871-00000000" if DEMO or TESTING else ""),
    "discipline_phone": env.str("SITE_DISCIPLINE_PHONE", default="0871-00000001" if DEMO or TESTING else ""),
    "address": env.str("SITE_ADDRESS", default=""),
    "icp": env.str("SITE_ICP", default=""),
    "police": env.str("SITE_POLICE", default=""),
    "code": env.str("SITE_CODE", default=""),
}

if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "makerspace.config.logs.Masked", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
