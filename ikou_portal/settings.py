"""One settings file, read from the environment. Every variable is listed in docs/operations.md."""

from importlib.resources import files
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# Modes. Production is the default; the demo needs no server and refuses real ones.
DEMO = env.bool("DEMO", False)
DEBUG = env.bool("DEBUG", False)
SECURE = env.bool("SECURE", not (DEMO or DEBUG))
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var")))
DATA_DIR.mkdir(parents=True, exist_ok=True)
PORTAL_URL = env.str("PORTAL_URL", "http://127.0.0.1:8000").rstrip("/")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
_stays_here = set(ALLOWED_HOSTS) <= {"127.0.0.1", "localhost", "[::1]", "testserver"}
# A key that everybody can read here would let anybody sign in as anybody.
SECRET_KEY = env.str(
    "SECRET_KEY", "demo-only-not-secret" if (DEMO or DEBUG) and _stays_here else ""
)
if not (SECRET_KEY or DEMO):
    msg = "SECRET_KEY is not set. Put a long random value into the environment."
    raise ImproperlyConfigured(msg)

# Applications, in the one direction of imports (docs/architecture.md).
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "rules",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "django_filters",
    "template_partials",
    "heroicons",
    "csp",
    "core",
    "taxonomy",
    "audit",
    "search",
    "notifications",
    "accounts",
    "contributions",
    "documents",
    "needs",
    "committee",
    "partners",
    "disclosure",
    "matching",
    "contracts",
    "home",
    "demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.PrivatePagesMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.NoNulMiddleware",
    "accounts.middleware.SignInFirstMiddleware",
    "audit.middleware.OneTimeFormMiddleware",
]

ROOT_URLCONF = "ikou_portal.urls"
WSGI_APPLICATION = "ikou_portal.wsgi.application"
FORM_RENDERER = "core.renderers.FormRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "home.context.frame",
            ],
            "builtins": ["core.templatetags.ui", "template_partials.templatetags.partials"],
        },
    }
]

# Database.
DATABASES = {"default": env.db("DATABASE_URL", f"sqlite:///{DATA_DIR / 'portal.sqlite3'}")}
_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # A write lock at BEGIN makes "check, then change" safe without SELECT … FOR UPDATE.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    _database["CONN_HEALTH_CHECKS"] = True
_database["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", 60)
if DEMO and (_database["ENGINE"] != "django.db.backends.sqlite3" or not _stays_here):
    msg = (
        "DEMO=1 has well-known passwords. It runs only on SQLite and on this machine's own address."
    )
    raise ImproperlyConfigured(msg)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Cache: counts sign-in attempts, so all web processes share it. ``migrate`` makes its table.
CACHES = {"default": env.cache("CACHE_URL", "dbcache://cache")}

# People.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.sign_in_forms.LoginForm",
    "reset_password": "accounts.sign_in_forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.sign_in_forms.ResetPasswordKeyForm",
    "change_password": "accounts.sign_in_forms.ChangePasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# A whole hospital often shares one address; the limit per account stays strict.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "60/m/ip,5/300s/key"}
# How many reverse proxies stand before us: decides whose X-Forwarded-For counts.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 1 if SECURE else 0)
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", 10) * 3600
INVITATION_DAYS = env.int("INVITATION_DAYS", 14)

# Language and time. Japanese is the source language.
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]  # each in itself, never translated
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True

# Static and private files.
STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", str(DATA_DIR / "static"))
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("bootstrap", str(files("bootstrap").joinpath("css"))),
]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / "private")},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEMO or DEBUG
MEDIA_URL = "/no-public-media/"
DOCUMENT_MAX_BYTES = env.int("DOCUMENT_MAX_MB", 10) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Mail. Nothing calls send_mail directly; see notifications.
EMAIL_CONFIG = env.email(
    "EMAIL_URL", default="smtp://127.0.0.1:1025" if not DEMO else "consolemail://"
)
vars().update(EMAIL_CONFIG)
if DEMO:
    EMAIL_BACKEND = "demo.mail.EmailBackend"
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "医工連携ポータル <portal@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Celery: a fast path; rows in the database are the truth (docs/architecture.md).
CELERY_BROKER_URL = env.str(
    "BROKER_URL", "filesystem://" if DEMO or DEBUG else "redis://127.0.0.1:6379/0"
)
if CELERY_BROKER_URL == "filesystem://":
    _broker = DATA_DIR / "broker"
    for _name in ("queue", "control"):
        (_broker / _name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker / "queue"),
        "data_folder_out": str(_broker / "queue"),
        "control_folder": str(_broker / "control"),
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 300,
        "socket_connect_timeout": 2,
        "socket_timeout": 10,
        # A page never waits for a broker that is down (kombu would retry for seconds).
        "max_retries": 1,
        "interval_start": 0,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep-mail": {"task": "notifications.tasks.sweep", "schedule": 5.0, "options": {"expires": 5}},
    "forget-submissions": {
        "task": "audit.tasks.forget_submissions",
        "schedule": crontab(hour=3, minute=23),
    },
    "resume-imports": {"task": "needs.tasks.resume_imports", "schedule": 60.0},
    # Once a day is enough; the later hours are for a morning without a worker.
    "follow-promises": {
        "task": "needs.tasks.follow_promises",
        "schedule": crontab(hour="7-18", minute=31),
    },
    "follow-replies": {
        "task": "needs.tasks.follow_replies",
        "schedule": crontab(hour="7-18", minute=33),
    },
    "follow-revivals": {
        "task": "needs.tasks.follow_revivals",
        "schedule": crontab(hour=7, minute=41),
    },
    "follow-rounds": {
        "task": "committee.tasks.follow_rounds",
        "schedule": crontab(minute="*/5"),
    },
    "remind-of-scores": {
        "task": "committee.tasks.remind",
        "schedule": crontab(hour=8, minute=11),
    },
    "fold-search": {"task": "search.tasks.fold", "schedule": crontab(minute=41)},
    "repair-search": {"task": "search.tasks.repair", "schedule": crontab(hour=4, minute=11)},
    "close-publications": {
        "task": "disclosure.tasks.close_ended",
        "schedule": crontab(minute=2),
    },
    "contract-dates": {
        "task": "contracts.tasks.follow_dates",
        "schedule": crontab(minute=7),
    },
}

# Security.
SECURE_SSL_REDIRECT = SECURE and env.bool("SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
CSRF_FAILURE_VIEW = "accounts.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Forms.
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Logs: JSON lines, no names, no free text (ikou_portal/logging.py).
LOGGING_CONFIG = "ikou_portal.logging.configure"
LOGGING = {"level": env.str("LOG_LEVEL", "INFO"), "json": not (DEMO or DEBUG)}
