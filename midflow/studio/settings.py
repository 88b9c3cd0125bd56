"""Django's settings, from the environment that the process starting the studio has set.

MIDFLOW_DATA: the data folder. MIDFLOW_DATABASE_URL: where the store is, when
not in that folder. MIDFLOW_BASE_URL: the address under which people
reach the edge, which passes the studio's paths on. MIDFLOW_DEMO: the sample.
"""

import hashlib
import logging
import os
from pathlib import Path
from zoneinfo import available_timezones

from midflow.flow.identity import read_secret

TRUE = ("1", "true", "yes")
HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("MIDFLOW_DATA", "midflow-data")).resolve()
DATABASE_URL = os.environ.get("MIDFLOW_DATABASE_URL", "")
BASE_URL = os.environ.get("MIDFLOW_BASE_URL", "http://localhost:8600").rstrip("/")
DEMO = os.environ.get("MIDFLOW_DEMO", "").lower() in TRUE
SECURE = BASE_URL.startswith("https://")

# A key of its own for Django: what signs people's tokens must not sign cookies too.
SECRET_KEY = hashlib.sha256(b"midflow studio" + read_secret(DATA / "secret.key")).hexdigest()

DEBUG = False
ALLOWED_HOSTS = ["*"]  # only the edge reaches our socket, and it hands over the host that it was asked for
CSRF_TRUSTED_ORIGINS = [BASE_URL]
USE_X_FORWARDED_HOST = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "midflow_session"
CSRF_COOKIE_NAME = "midflow_csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "SAMEORIGIN"  # the editor shows its preview in a frame of our own
SILENCED_SYSTEM_CHECKS = [
    # TLS ends before us: whoever ends it redirects, and speaks for the other names of the domain.
    "security.W005",
    "security.W008",
    "security.W021",
    # Without TLS (a try on one's own machine) there is no secure cookie and no HSTS to ask for.
    *([] if SECURE else ["security.W004", "security.W012", "security.W016"]),
    # The editor's preview stands in a frame of the same origin.
    "security.W019",
]

ROOT_URLCONF = "midflow.studio.urls"
WSGI_APPLICATION = "midflow.studio.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

INSTALLED_APPS = [
    "midflow.studio.accounts",
    "midflow.studio.authoring",
    "midflow.studio.boards",
    "midflow.studio.record",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "wagtail.contrib.settings",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",  # the editor asks for both, though no file is uploaded yet
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "midflow.studio.security.ContentSecurityMiddleware",
    "midflow.studio.security.EditorDoorMiddleware",
    "midflow.studio.authoring.publishing.PublishingMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "midflow.studio.accounts.context.page",
            ]
        },
    }
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "app.db",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
}

STATIC_URL = "/studio/static/"
STATICFILES_DIRS = [HERE / "static"]
WHITENOISE_USE_FINDERS = True  # files are served from where they lie: nothing to collect
WHITENOISE_AUTOREFRESH = True  # and looked up when asked for: listing them all takes a second at the start
WHITENOISE_MAX_AGE = 3600
MEDIA_ROOT = DATA / "media"
MEDIA_URL = "/studio/media/"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "midflow.studio.accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Midflow"

# There is no mail server yet: an operator sets a new password for whoever forgot theirs.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

WAGTAIL_SITE_NAME = "Midflow"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_I18N_ENABLED = False
# Systems call some zones in ways that no browser knows.
WAGTAIL_USER_TIME_ZONES = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")

LOGGING_CONFIG = None  # the process that starts us has configured logging
# Every save of the editor is a line otherwise, and three more for its search index.
for name in ("django_tasks", "wagtail"):
    logging.getLogger(name).setLevel(logging.WARNING)
logging.getLogger("django.request").setLevel(logging.ERROR)  # a 401 for a token is an answer, not an incident
