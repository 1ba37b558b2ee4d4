"""An environment that Contri starts in, for tests that change a part of it."""

from cryptography.fernet import Fernet

GOOD = {
    "STAGE": "local",
    "PUBLIC_BASE_URL": "http://127.0.0.1:8000/",
    "ALLOWED_HOSTS": "localhost, 127.0.0.1",
    "DATABASE_URL": "postgres://contri:pw@127.0.0.1:5432/contri",
    "REDIS_URL": "redis://:pw@127.0.0.1:6379/0",
    "EMAIL_URL": "smtp://127.0.0.1:8002",
    "SECRET_KEY": "kd83hf7sk2ldh5nw9qpz1mvb6xt4yr0c",
    "JWT_SIGNING_KEY": "p0o9i8u7y6t5r4e3w2q1azsxdcfvgbhn",
    "PIN_PEPPER": "qmwnebrvtcyxuziolpkajshdgf102938",
    "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    "PAYSTACK_BASE_URL": "http://127.0.0.1:8001/paystack",
    "PAYSTACK_SECRET_KEY": "sk_test_1234567890",
    "PAYSTACK_PUBLIC_KEY": "pk_test_1234567890",
    "SMILE_ID_BASE_URL": "http://127.0.0.1:8001/smileid/v1",
    "SMILE_ID_PARTNER_ID": "1234",
    "SMILE_ID_API_KEY": "abcd",
}
