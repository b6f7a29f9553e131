"""Django's settings, read from the environment (see .env.example for every variable)."""

from pathlib import Path

import environ

from config import paths, redis_url
from connectors.discovery import kinds

BASE_DIR = paths.CHECKOUT
DATA_DIR = paths.data_dir()
RUN_DIR = paths.run_dir(DATA_DIR)

env = environ.Env()
env.read_env(BASE_DIR / ".env")
# Written by the supervisor on its first start, so that manage.py finds the same keys beside a running demo.
env.read_env(DATA_DIR / "secrets.env")

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
FIELD_KEYS = env.list("FIELD_KEYS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
PORT = env.int("PORT", default=8000)
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://localhost:{PORT}").rstrip("/")
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
HTTPS = PUBLIC_URL.startswith("https://")

INSTALLED_APPS = [
    "config",
    "inbox",
    "connectors",
    *(f"connectors.{kind}" for kind in kinds()),
    "agents",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "channels",
    "django_htmx",
    "lucide",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
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
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"postgres://onethread@/onethread?host={RUN_DIR}")}
DB_POOL_SIZE = env.int("DB_POOL_SIZE", default=10)
DB_STATEMENT_TIMEOUT = env.int("DB_STATEMENT_TIMEOUT", default=10_000)
DATABASES["default"] |= {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"] |= {
    "options": f"-c statement_timeout={DB_STATEMENT_TIMEOUT} -c lock_timeout=3000"
    " -c idle_in_transaction_session_timeout=30000",
}
if DB_POOL_SIZE:
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": DB_POOL_SIZE, "timeout": 10}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Valkey or Redis: one address, three spellings.
REDIS_URL = env.str("REDIS_URL", default=f"unix://{RUN_DIR}/valkey.sock")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "onethread"}
}
# Pub/sub only: the core layer drops idle sockets with redis-py 8 (channels_redis#422).
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # Pub/sub knows no database numbers, so the number goes into the prefix.
        "CONFIG": {"hosts": [REDIS_URL], "prefix": f"onethread:{redis_url.database(REDIS_URL)}"},
    }
}

# Celery: rows are the truth, a task carries only a row's id. See docs/operations.md.
CELERY_BROKER_URL = redis_url.for_celery(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 30
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_DEFAULT_QUEUE = "periodic"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 300_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# visibility_timeout is above every hard limit; no countdown may be longer. health_check_interval: celery#10325.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300, "health_check_interval": 25}
CELERY_TIMEZONE = "UTC"

# People
AUTH_USER_MODEL = "inbox.Agent"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"

# Language and time. Times are stored in UTC; TIME_ZONE is the installation's reporting zone.
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en")
LOCALE_PATHS = [BASE_DIR / "locale"]
DEFAULT_COUNTRY = env.str("DEFAULT_COUNTRY", default="GB").upper()

# Files
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT: Path = DATA_DIR / "files"
