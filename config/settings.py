"""Django's settings, read from the environment; .env.example describes every variable, checks.py judges them."""

from secrets import token_urlsafe
from urllib.parse import urlsplit

from csp.constants import NONCE, SELF
from django.utils.translation import gettext_lazy as _

from config import environment, logs, paths, redis_url
from connectors.discovery import kinds

# First come, first served: the environment, then .env, then the keys the supervisor made on its first start.
BASE_DIR = paths.CHECKOUT
environment.load(BASE_DIR)
DATA_DIR = paths.data_dir()
RUN_DIR = paths.run_dir(DATA_DIR)
environment.load_keys(DATA_DIR)
ENVIRONMENT = env = environment.Environment()

DEBUG = env.flag("DEBUG", default=False)
HAS_SECRET_KEY = bool(env.text("SECRET_KEY"))
SECRET_KEY = env.text("SECRET_KEY", token_urlsafe(50))  # a random one is safe, but no two processes share it
FIELD_KEYS = env.words("FIELD_KEYS")

# Where the world reaches us
PORT = env.number("PORT", 8000, least=1, most=65535)
PUBLIC_URL = env.url("PUBLIC_URL", f"http://localhost:{PORT}", ("http", "https")).rstrip("/")
HTTPS = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", urlsplit(PUBLIC_URL).hostname or ""]
)
CSRF_TRUSTED_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(PUBLIC_URL))]
TRUSTED_PROXIES = env.proxies("TRUSTED_PROXIES")
# host:port pairs, such as a test server, that connectors/guard.py lets through although they are private.
GUARDED_HTTP_ALLOW = env.words("GUARDED_HTTP_ALLOW")

INSTALLED_APPS = [
    "config",
    "inbox",
    "connectors",
    "connectors.visitors",
    *(f"connectors.{kind}" for kind in kinds()),
    "agents",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "channels",
    "csp",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "lucide",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.request_log.RequestLog",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

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
                "csp.context_processors.nonce",
            ],
        },
    },
]

# Database. One psycopg pool per process: persistent connections under ASGI would use one per thread.
DATABASE = env.database("DATABASE_URL", f"postgres://onethread@/onethread?host={RUN_DIR}")
DB_POOL_SIZE = env.number("DB_POOL_SIZE", 10)
DB_LIMITS = {
    "statement_timeout": env.number("DB_STATEMENT_TIMEOUT", 10_000),
    "lock_timeout": 3_000,
    "idle_in_transaction_session_timeout": 30_000,
}
DATABASE_OPTIONS = dict(DATABASE.pop("OPTIONS", {}))  # type: ignore[call-overload]  # django-environ is untyped
DATABASE_OPTIONS["options"] = " ".join(
    f"-c {name}={milliseconds}" for name, milliseconds in DB_LIMITS.items()
)
if DB_POOL_SIZE:
    DATABASE_OPTIONS["pool"] = {"min_size": 1, "max_size": DB_POOL_SIZE, "timeout": 10}
DATABASES = {
    "default": {**DATABASE, "OPTIONS": DATABASE_OPTIONS, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Valkey or Redis: one address, three spellings.
REDIS_URL = env.url("REDIS_URL", f"unix://{RUN_DIR}/valkey.sock", ("redis", "rediss", "unix"))
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "onethread",
    }
}
# Pub/sub only: the core layer drops idle sockets with redis-py 8 (channels_redis#422).
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # Pub/sub knows no database numbers, so the number goes into the prefix.
        "CONFIG": {"hosts": [REDIS_URL], "prefix": f"onethread:{redis_url.database(REDIS_URL)}"},
    }
}

# Celery: rows are the truth, a task carries only a row's id. The queues and the schedule are in config/celery.py.
CELERY_BROKER_URL = redis_url.for_celery(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 30
CELERY_TASK_TIME_LIMIT = 60
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 300_000
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# visibility_timeout is above every hard limit, and no countdown may be longer. health_check_interval: celery#10325.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300, "health_check_interval": 25}
CELERY_TIMEZONE = "UTC"

# People
AUTH_USER_MODEL = "inbox.Agent"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# Mail of the system itself, such as a password reset. Customers' mail goes through channels.
MAIL = env.mail("EMAIL_URL", "consolemail://")
EMAIL_BACKEND = str(MAIL["EMAIL_BACKEND"])
EMAIL_HOST = str(MAIL["EMAIL_HOST"] or "localhost")
EMAIL_PORT = MAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER = str(MAIL["EMAIL_HOST_USER"] or "")
EMAIL_HOST_PASSWORD = str(MAIL["EMAIL_HOST_PASSWORD"] or "")
EMAIL_USE_TLS = bool(MAIL.get("EMAIL_USE_TLS", False))
EMAIL_USE_SSL = bool(MAIL.get("EMAIL_USE_SSL", False))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"Onethread <onethread@{urlsplit(PUBLIC_URL).hostname}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Language and time. Times are stored in UTC; TIME_ZONE is the installation's reporting zone.
USE_TZ = True
TIME_ZONE = env.zone("TIME_ZONE", "UTC")
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LANGUAGE_CODE = env.choice("LANGUAGE_CODE", "en", {code for code, _name in LANGUAGES})
LOCALE_PATHS = [BASE_DIR / "locale"]
DEFAULT_COUNTRY = env.text("DEFAULT_COUNTRY", "GB").upper()

# Files. With DEBUG pages name the files as they are; otherwise `collectstatic` gives each a name with its hash.
COLLECT_STATIC = env.flag("COLLECT_STATIC", default=not DEBUG)
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "files"
STATIC_STORAGE = (
    "config.static.HashedFiles" if COLLECT_STATIC else "django.contrib.staticfiles.storage.StaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": STATIC_STORAGE},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not COLLECT_STATIC
PAGE_VIEWS_DAYS = env.number("PAGE_VIEWS_DAYS", 90)
LARGEST_REQUEST = env.number("LARGEST_REQUEST_MB", 100, least=1) * 10**6
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700

# What the browser is told
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": ["'none'"],
        "form-action": [SELF],
        "base-uri": [SELF],
        "object-src": ["'none'"],
    },
}
X_FRAME_OPTIONS = "DENY"  # a mail in its frame says otherwise for itself
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "onethread_session"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 365 * 24 * 3600 if HTTPS else 0)
# Subdomains of our host, and the browsers' preload list, are not ours to decide about.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# The API below /api/v1/. Who may ask is said by agents/api/endpoint.py; a view that is not built on it lets nobody in.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "agents.api.problems.answer",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Onethread API",
    "DESCRIPTION": "Customers, their addresses, conversations, messages and touchpoints. See docs/api.md.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "CustomerKind": "inbox.models.people.CustomerKind",
        "TouchpointKind": "inbox.models.story.TouchpointKind",
    },
}

# Logs
LOG_FORMAT = env.choice("LOG_FORMAT", "console", {"console", "json"})
LOG_LEVEL = env.choice("LOG_LEVEL", "info", {"debug", "info", "warning", "error"}).upper()
LOGGING = logs.configure(LOG_FORMAT, LOG_LEVEL)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # it would believe X-Real-IP and the like
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = DJANGO_STRUCTLOG_CELERY_DEFAULT_LOG_LEVEL = 10  # debug
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = 20  # info: a mistyped address is no warning
