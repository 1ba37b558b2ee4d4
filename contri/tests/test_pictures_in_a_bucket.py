"""Pictures where a bucket is configured, against moto's imitation of S3."""

from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from moto import mock_aws
from PIL import Image

from accounts.services import close_account
from accounts.tests.factories import PASSWORD, UserFactory
from contri.env import Bucket
from contri.settings.files import in_bucket

pytestmark = [pytest.mark.django_db(transaction=True)]
BUCKET = Bucket("contri-pictures", "eu-west-1", "", "AKIATEST", "a secret")


@pytest.fixture
def s3(settings):
    with mock_aws():
        settings.STORAGES = {**settings.STORAGES, "default": in_bucket(BUCKET, "media")}
        yield boto3.client("s3", region_name=BUCKET.region)


@pytest.fixture
def bucket(s3):
    s3.create_bucket(Bucket=BUCKET.name, CreateBucketConfiguration={"LocationConstraint": BUCKET.region})
    return lambda: {found["Key"]: s3.head_object(Bucket=BUCKET.name, Key=found["Key"]) for found in contents(s3)}


def contents(s3):
    return s3.list_objects_v2(Bucket=BUCKET.name).get("Contents", [])


def show(client):
    png = BytesIO()
    Image.new("RGB", (64, 64), "green").save(png, "PNG")
    upload = SimpleUploadedFile("me.png", png.getvalue(), content_type="image/png")
    return client.patch("/api/v1/users/me", {"avatar": upload}, format="multipart")


def test_a_picture_lies_in_the_bucket_and_its_address_is_signed(bucket, signed_in):
    answer = show(signed_in(UserFactory.create()))

    [(name, kept)] = bucket().items()
    address = urlsplit(answer.json()["avatar_url"])
    assert (answer.status_code, kept["ContentType"]) == (200, "image/jpeg")
    assert address.path.endswith(name)
    assert (address.scheme, parse_qs(address.query)["X-Amz-Expires"]) == ("https", ["3600"])
    assert BUCKET.secret_access_key not in answer.text


def test_the_old_picture_goes_and_with_the_account_the_last(bucket, signed_in):
    ada = UserFactory.create()
    client = signed_in(ada)
    first = show(client).json()["avatar_url"]
    show(client)

    [left] = bucket()
    assert left not in first
    close_account(actor=ada, password=PASSWORD, at=timezone.now())
    assert bucket() == {}


def test_a_bucket_that_will_not_take_it_is_nobodys_fault(s3, signed_in):
    client = signed_in(UserFactory.create())

    answer = show(client)

    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "pictures_unavailable", "30")
    assert client.get("/api/v1/users/me").json()["avatar_url"] is None
