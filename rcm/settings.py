"""Settings, all from the environment (docs/settings.md). A bad value stops the start by name."""

from pathlib import Path

from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF

from rcm.environment import (
    BadSetting,
    env_bool,
    env_database,
    env_hour,
    env_int,
    env_list,
    env_secret,
    env_text,
)

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env_bool("RCM_DEBUG", default=False)
IS_SECURE = env_bool("RCM_SECURE", default=not DEBUG)
IS_DEMO = env_bool("RCM_DEMO", default=False)
SECRET_KEY = env_secret(
    "RCM_SECRET_KEY",
    default="insecure-key-for-debug-mode-only-do-not-use-elsewhere" if DEBUG else None,
)
ALLOWED_HOSTS = env_list("RCM_ALLOWED_HOSTS", ["localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = env_list("RCM_CSRF_TRUSTED_ORIGINS", [])
DATA_DIR = Path(env_text("RCM_DATA_DIR", str(BASE_DIR / ".run")))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django_htmx",
    "template_partials",
    "lucide",
    "csp",
    "axes",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "rcm",
    "payers",
    "coding",
    "billing",
    "denials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "rcm.middleware.no_null_characters",
    "rcm.middleware.idle_logoff",
    "rcm.middleware.practice_walls",
    "rcm.middleware.private_pages",
    "rcm.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "rcm.urls"
WSGI_APPLICATION = "rcm.wsgi.application"
ASGI_APPLICATION = "rcm.asgi.application"

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
                "rcm.context.shell",
            ],
            "builtins": ["rcm.templatetags.rcm", "template_partials.templatetags.partials"],
        },
    }
]

DATABASES = {"default": env_database("RCM_DATABASE_URL")}
DATABASE_APP_ROLE = env_text("RCM_DATABASE_APP_ROLE", "rcm_app")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People and sessions
AUTH_USER_MODEL = "rcm.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
IDLE_LOGOFF_SECONDS = env_int("RCM_IDLE_LOGOFF_SECONDS", 15 * 60, minimum=60)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_SECURE
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_SECURE = IS_SECURE
AXES_FAILURE_LIMIT = env_int("RCM_LOGIN_FAILURE_LIMIT", 5, minimum=1)
AXES_COOLOFF_TIME = 0.25  # hours: fifteen minutes
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_USERNAME_FORM_FIELD = "username"
AXES_LOCKOUT_CALLABLE = "rcm.views.login.show_locked"
AXES_RESET_ON_SUCCESS = True
# Further attempts do not make it longer: nobody can keep a colleague out for good.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_SENSITIVE_PARAMETERS = ["username", "password"]
AXES_VERBOSE = False
# Attempts are counted by account on purpose: another address must not buy more of them.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]

# Transport
SECURE_SSL_REDIRECT = IS_SECURE
SECURE_HSTS_SECONDS = 31_536_000 if IS_SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_SECURE
SECURE_HSTS_PRELOAD = IS_SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# Files
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "rcm.static_files.OneStylesheetStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
MANUAL_PAGE_LIMIT = env_int("RCM_MANUAL_PAGE_LIMIT", 10 * 1024 * 1024, minimum=1)
ATTACHMENT_LIMIT = env_int("RCM_ATTACHMENT_LIMIT", 10 * 1024 * 1024, minimum=1)
INTERCHANGE_FILE_LIMIT = env_int("RCM_INTERCHANGE_FILE_LIMIT", 512 * 1024 * 1024, minimum=1)
# The largest chart message or document, and the folder whose subfolders (a practice's NPI) are
# watched for them; empty: none.
INTAKE_LIMIT = env_int("RCM_INTAKE_LIMIT", 50 * 1024 * 1024, minimum=1)
INTAKE_FOLDER = env_text("RCM_INTAKE_FOLDER", "")

# After so many days without an answer, a claim forwarded to the next payer is asked about.
CROSSOVER_DAYS = env_int("RCM_CROSSOVER_DAYS", 30, minimum=1)

# Time and language
LANGUAGE_CODE = "en-us"
TIME_ZONE = env_text("RCM_TIME_ZONE", "America/Chicago")
USE_TZ = True
USE_I18N = False

# Work queue. Redis holds messages only; the truth is in PostgreSQL.
BROKER_URL = env_text("RCM_BROKER_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = BROKER_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 570
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
}
CELERY_TIMEZONE = "UTC"
SWEEP_SECONDS = env_int("RCM_SWEEP_SECONDS", 20, minimum=1)
# The hour (UTC) in which ready claims nobody sent go into the outbox by themselves; None: never.
SUBMISSION_HOUR = env_hour("RCM_SUBMISSION_HOUR", 22)
# A sweep nobody came to before the next one is dropped: the next finds the same, and workers that
# are behind are not asked for the same things ever more often.
SWEEP = {"schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}}
CELERY_BEAT_SCHEDULE = {
    "fetch-files": {"task": "billing.tasks.fetch_files", **SWEEP},
    "read-received-files": {"task": "billing.tasks.sweep_files", **SWEEP},
    "post-ready-remittances": {"task": "billing.tasks.sweep_remittances", **SWEEP},
    "link-provider-adjustments": {"task": "billing.tasks.sweep_provider_adjustments", **SWEEP},
    "send-due-batches": {"task": "billing.tasks.sweep_batches", **SWEEP},
    "send-due-inquiries": {"task": "billing.tasks.sweep_inquiries", **SWEEP},
    "apply-received-charts": {"task": "coding.tasks.sweep_messages", **SWEEP},
    "fetch-charts": {"task": "coding.tasks.fetch_charts", **SWEEP},
    "ask-payers": {
        "task": "billing.tasks.ask_payers",
        "schedule": crontab(hour=10, minute=30),  # UTC: the night before the visits
    },
    "open-missing-denials": {"task": "denials.tasks.sweep_denials", **SWEEP},
    "match-deposits": {
        "task": "billing.tasks.sweep_deposits",
        "schedule": crontab(hour=11, minute=0),  # UTC: before the day begins in the United States
    },
    "make-statements": {
        "task": "billing.tasks.make_statements",
        "schedule": crontab(hour=11, minute=45),  # UTC: after the shares of the night are known
    },
    "bill-next-payers": {
        "task": "billing.tasks.sweep_next_claims",
        "schedule": crontab(hour=11, minute=30),
    },
    "learn-answer-clocks": {
        "task": "billing.tasks.learn_answer_clocks",
        "schedule": crontab(hour=10, minute=30),
    },
    "follow-up-queries": {
        "task": "coding.tasks.follow_up_queries",
        "schedule": crontab(hour=11, minute=15),  # UTC: before the day begins in the United States
    },
    "give-charts-to-coders": {"task": "coding.tasks.sweep_assignments", **SWEEP},
    "rank-charts": {
        "task": "coding.tasks.rank_all_charts",
        "schedule": crontab(hour=10, minute=30),  # UTC: past midnight in Hawaii, too
    },
    "watch-deadlines": {
        "task": "denials.tasks.watch_deadlines",
        "schedule": crontab(hour=10, minute=45),  # UTC: past midnight in Hawaii, too
    },
    "refresh-follow-ups": {
        "task": "denials.tasks.refresh_follow_ups",
        "schedule": crontab(hour=10, minute=50),  # UTC: after the clocks of payers are learned
    },
    "draft-learned-rules": {
        "task": "denials.tasks.draft_rules",
        "schedule": crontab(hour=12, minute=0),  # UTC: after the night's payments were posted
    },
    "watch-payer-changes": {
        "task": "denials.tasks.watch_changes",
        "schedule": crontab(hour=12, minute=15),
    },
    "find-underpayments": {
        "task": "billing.tasks.find_underpayments",
        "schedule": crontab(hour=11, minute=45),
    },
    "weigh-denials": {
        "task": "denials.tasks.weigh_denials",
        "schedule": crontab(hour=12, minute=30),  # UTC: after what is usual was learned
    },
    "end-lost-jobs": {"task": "rcm.tasks.end_lost_jobs", "schedule": 300},
    "seal-events": {"task": "rcm.tasks.seal_events", "schedule": 300},
}
if SUBMISSION_HOUR is not None:
    CELERY_BEAT_SCHEDULE["submit-ready-claims"] = {
        "task": "billing.tasks.submit_daily",
        "schedule": crontab(hour=SUBMISSION_HOUR, minute=15),
    }
# Upward news by name: the lower app announces a fact, the settings say who listens.
NOTICES = {
    "remittance.posted": [
        "denials.tasks.open_denials",
        "billing.tasks.link_provider_adjustments",
        "billing.tasks.match_deposits",
        "billing.tasks.draft_next_claims",
    ],
    "remittance.taken_back": ["denials.tasks.rest_denials"],
    "encounter.documents_changed": ["coding.tasks.suggest_codes"],
    "encounter.received": ["coding.tasks.prepare_chart"],
    "encounter.finalized": ["billing.tasks.draft_ready_claims"],
    "intake.received": ["coding.tasks.apply_message"],
    "inquiry.asked": ["billing.tasks.send_inquiries"],
    "coder_task.resolved": ["denials.tasks.follow_coder_task"],
}
# A refund or an offset above this many dollars needs a second person.
REFUND_APPROVAL_LIMIT = env_int("RCM_REFUND_APPROVAL_LIMIT", 100)
# A batch waits this long in the outbox, where it can be pulled back.
OUTBOX_SECONDS = env_int("RCM_OUTBOX_SECONDS", 300)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "PAGE_SIZE": 50,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Revenue cycle API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    # Value sets stay beside their field: several resources call different sets "state".
    "POSTPROCESSING_HOOKS": [],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # pyx12 logs bad values, which can be names or ids (x12 gate).
    "loggers": {"pyx12": {"level": "CRITICAL", "propagate": False}},
}

if IS_DEMO and IS_SECURE:
    raise BadSetting("RCM_DEMO", "the demo has public passwords and must not run with RCM_SECURE=1")

# Open work per page for the sidebar: its app names the lists, one statement counts them all.
NAVIGATION_COUNTS: list[tuple[str, str]] = [
    ("coder_queue", "coding.counts.charts_to_code"),
    ("intake", "coding.counts.intake_failed"),
    ("returned_tasks", "coding.counts.returned_tasks"),
    ("sent_queries", "coding.counts.waiting_queries"),
    ("query_inbox", "coding.counts.queries_to_answer"),
    ("my_audits", "coding.counts.findings_to_answer"),
    ("audits", "coding.counts.charts_to_audit"),
    ("charge_reviews", "billing.counts.charge_reviews_waiting"),
    ("scrub_worklist", "billing.counts.held_claims"),
    ("acknowledgments", "billing.counts.acknowledgments_waiting"),
    ("remittances", "billing.counts.remittances_waiting"),
    ("exceptions", "billing.counts.exceptions_waiting"),
    ("credits", "billing.counts.refunds_waiting"),
    ("manual_batches", "billing.counts.open_manual_batches"),
    ("deposits", "billing.counts.deposits_overdue"),
    ("denials", "denials.counts.open_denials"),
    ("follow_up", "denials.counts.due_follow_ups"),
    ("appeals", "denials.counts.appeals_to_act_on"),
]
# Open and late work per practice for the practice switcher; needs every app, so it sits on top.
PRACTICE_WORK = "denials.counts.work_by_practice"
# Runs the claim rules of a practice on a chart: its rows in, findings out (coding.chart_facts).
CHART_RULES = "billing.chart_rules.findings_for"
# The KPIs of the dashboard, in its order (rcm.kpi).
KPIS = [
    "billing.kpis.CLEAN_CLAIM_RATE",
    "denials.kpis.INITIAL_DENIAL_RATE",
    "billing.kpis.DAYS_IN_AR",
    "billing.kpis.NET_COLLECTION_RATE",
]
