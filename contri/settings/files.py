"""Where files that people upload are kept: on this machine's disk, or in a bucket at anybody who speaks S3."""

from typing import Any

from contri.env import Bucket
from contri.settings.apps import BASE_DIR
from contri.settings.environment import ENV

# Pictures, re-encoded by us before they are kept.
MEDIA_URL = "/media/"
MEDIA_ROOT = BASE_DIR / "media"

ON_DISK = "django.core.files.storage.FileSystemStorage"
# Seconds that the address of a file in a bucket is good for: the bucket is private, and each address is signed.
FILE_ADDRESS_LIFETIME = 3600


def in_bucket(bucket: Bucket, folder: str) -> dict[str, Any]:
    """Django's setting for files in a folder of `bucket`."""
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket.name,
            "location": folder,
            "region_name": bucket.region or None,
            "endpoint_url": bucket.endpoint_url or None,
            "access_key": bucket.access_key_id or None,
            "secret_key": bucket.secret_access_key or None,
            "default_acl": None,
            "querystring_expire": FILE_ADDRESS_LIFETIME,
            # The library's default would write over a file of the same name.
            "file_overwrite": False,
            "signature_version": "s3v4",
            # Other servers than Amazon's seldom have a name for each bucket.
            "addressing_style": "path" if bucket.endpoint_url else "auto",
        },
    }


STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": ON_DISK},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    # What only some people may see: reached through a door that asks who they are, never by its address.
    "private": {"BACKEND": ON_DISK, "OPTIONS": {"location": BASE_DIR / "private"}},
}
if ENV.bucket is not None:
    STORAGES |= {"default": in_bucket(ENV.bucket, "media"), "private": in_bucket(ENV.bucket, "private")}
