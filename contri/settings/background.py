"""Work outside of requests: Celery's worker and beat, mail, and the providers' addresses."""

import warnings
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
from celery.schedules import crontab
from kombu import Queue

from contri.settings.environment import ENV

CELERY_BROKER_URL = ENV.broker_url or ENV.redis_url
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
# Money waits behind nothing but money: mail and house-keeping have workers of their own where there are several.
QUEUES = ("money", "contri")
CELERY_TASK_DEFAULT_QUEUE = "contri"
CELERY_TASK_QUEUES = [Queue(name) for name in QUEUES]
CELERY_TASK_ROUTES = {f"{app}.*": {"queue": "money"} for app in ("wallets", "circles", "webhooks")}
# Below the visibility timeout, else Redis hands a running task to a second worker. Seconds.
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "visibility_timeout": 3600,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    # Whoever queues a task waits for a broker that is away no longer than this; kombu's own steps add up to 6 s.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
# django-celery-beat copies these into its tables at start. The staff desk shows them, and when each ran last.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "turn the circles": {"task": "circles.turn_circles", "schedule": timedelta(seconds=15)},
    "charge cards for contributions": {"task": "circles.work_card_payments", "schedule": timedelta(seconds=30)},
    "work off the webhook inbox": {"task": "webhooks.work_inbox", "schedule": timedelta(seconds=10)},
    "submit and verify withdrawals": {"task": "wallets.work_withdrawals", "schedule": timedelta(seconds=10)},
    "send and verify refunds": {"task": "wallets.work_refunds", "schedule": timedelta(minutes=1)},
    "verify open deposits": {"task": "wallets.verify_open_deposits", "schedule": timedelta(minutes=1)},
    "review open disputes": {"task": "wallets.review_open_disputes", "schedule": timedelta(minutes=1)},
    "find disputes unheard of": {"task": "wallets.find_disputes", "schedule": timedelta(hours=1)},
    "recover what is owed": {"task": "wallets.recover_owed", "schedule": timedelta(minutes=1)},
    "release parked money": {"task": "wallets.release_parked", "schedule": timedelta(minutes=1)},
    "fold deferred ledger accounts": {"task": "wallets.fold_ledger", "schedule": timedelta(seconds=2)},
    "seal the ledger": {"task": "wallets.seal_ledger", "schedule": timedelta(hours=1)},
    "say what is late": {"task": "wallets.sound_alarms", "schedule": timedelta(hours=1)},
    "compare with the providers": {"task": "wallets.reconcile_yesterday", "schedule": crontab(hour=3, minute=15)},
    "check the trial balance": {"task": "wallets.check_trial_balance", "schedule": timedelta(minutes=5)},
    "audit the ledger": {"task": "wallets.audit_ledger", "schedule": crontab(hour=2, minute=30)},
    "write mails asked for": {"task": "accounts.write_requested_mails", "schedule": timedelta(seconds=15)},
    "check identities": {"task": "accounts.work_identity_checks", "schedule": timedelta(seconds=15)},
    "forget old sessions": {"task": "accounts.forget_old_rows", "schedule": timedelta(days=1)},
    "forget sent mail": {"task": "notifications.forget_sent_mail", "schedule": timedelta(days=1)},
    "forget old webhook bodies": {"task": "webhooks.forget_old_bodies", "schedule": timedelta(days=1)},
    "deliver pushes": {"task": "notifications.deliver_pushes", "schedule": timedelta(seconds=5)},
    "forget pushes": {"task": "notifications.forget_pushes", "schedule": timedelta(days=1)},
    "chain the audit trail": {"task": "core.chain_audit", "schedule": timedelta(seconds=10)},
    **{
        f"heartbeat of {queue}": {
            "task": "core.beat_heart",
            "args": [queue],
            "schedule": timedelta(seconds=15),
            # One that waited for a minute would only say that there was life once.
            "options": {"queue": queue, "expires": 60},
        }
        for queue in QUEUES
    },
    "deliver mail": {"task": "notifications.deliver_mail", "schedule": timedelta(seconds=10)},
}

# Its code is complete and in use; what anymail dropped is its own testing against it. Ours is in the sandbox.
warnings.filterwarnings("ignore", message="django-anymail has dropped official support for SendGrid")
if ENV.email_url.startswith("sendgrid"):
    _sendgrid = urlsplit(ENV.email_url)
    EMAIL_BACKEND = "anymail.backends.sendgrid.EmailBackend"
    ANYMAIL: dict[str, Any] = {
        "SENDGRID_API_KEY": unquote(_sendgrid.password or ""),
        "SENDGRID_API_URL": f"{'http' if _sendgrid.scheme.endswith('+http') else 'https'}://"
        f"{_sendgrid.netloc.rpartition('@')[2]}{_sendgrid.path.rstrip('/') or '/v3'}/",
        "REQUESTS_TIMEOUT": 10,
    }
else:
    EMAIL_CONFIG = environ.Env.email_url_config(ENV.email_url)
    EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
    EMAIL_HOST = EMAIL_CONFIG["EMAIL_HOST"]
    EMAIL_PORT = EMAIL_CONFIG["EMAIL_PORT"]
    EMAIL_HOST_USER = EMAIL_CONFIG["EMAIL_HOST_USER"]
    EMAIL_HOST_PASSWORD = EMAIL_CONFIG["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
    EMAIL_USE_SSL = EMAIL_CONFIG.get("EMAIL_USE_SSL", False)
# The public half of the key that SendGrid signs its events with; without it their address is none.
SENDGRID_WEBHOOK_KEY = ENV.sendgrid_webhook_key
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = "Contri <hello@contri.ng>"

# How long a payment provider may take over one answer; longer, and what it did is unknown until asked again.
PROVIDER_TIMEOUT_SECONDS = 10.0
PAYSTACK_BASE_URL = ENV.paystack_base_url
PAYSTACK_SECRET_KEY = ENV.paystack_secret_key
PAYSTACK_PUBLIC_KEY = ENV.paystack_public_key
# Without a key there is no Flutterwave here: nobody is offered it, and its webhooks are turned away.
FLUTTERWAVE_BASE_URL = ENV.flutterwave_base_url
FLUTTERWAVE_SECRET_KEY = ENV.flutterwave_secret_key
FLUTTERWAVE_SECRET_HASH = ENV.flutterwave_secret_hash
# Where a payment page sends people on to that insists on an address; the app closes the page when it gets there.
PAYMENT_RETURN_URL = f"{ENV.public_base_url}/"
SMILE_ID_BASE_URL = ENV.smile_id_base_url
SMILE_ID_PARTNER_ID = ENV.smile_id_partner_id
SMILE_ID_API_KEY = ENV.smile_id_api_key
# Without a project there are no pushes here: notices stay in the list, and on the sockets.
FCM_BASE_URL = ENV.fcm_base_url
FCM_PROJECT_ID = ENV.fcm_project_id
FCM_SERVICE_ACCOUNT = dict(ENV.fcm_service_account)
