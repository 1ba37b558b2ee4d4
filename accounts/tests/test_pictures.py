"""PATCH /users/me with a picture: what is kept, and what is refused."""

from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import User
from accounts.pictures import PictureRefusedError, clean_picture
from accounts.tests.factories import UserFactory

GPS_IFD, MAKE = 0x8825, 0x010F


def picture(kind="JPEG", size=(800, 600), color="red", mode="RGB", **options):
    encoded = BytesIO()
    Image.new(mode, size, color).save(encoded, kind, **options)
    return encoded.getvalue()


def photo_with_a_place():
    exif = Image.Exif()
    exif[MAKE] = "A telephone"
    exif.get_ifd(GPS_IFD)[2] = (6.0, 27.0, 0.0)
    return picture(exif=exif)


def opened(encoded):
    image = Image.open(BytesIO(encoded))
    image.load()
    return image


@pytest.fixture
def ada(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return UserFactory.create()


def upload(client, content, **more):
    file = SimpleUploadedFile("../../evil.php", content, content_type="image/jpeg")
    return client.patch("/api/v1/users/me", {"avatar": file, **more}, format="multipart")


def files(settings):
    return sorted(path.name for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_a_small_square_jpeg(kind):
    kept = opened(clean_picture(picture(kind)))

    assert (kept.format, kept.size, kept.mode) == ("JPEG", (512, 512), "RGB")


def test_a_small_picture_is_not_blown_up():
    assert opened(clean_picture(picture(size=(100, 60)))).size == (60, 60)


def test_what_is_transparent_turns_white():
    kept = opened(clean_picture(picture("PNG", mode="RGBA", color=(0, 0, 0, 0))))

    assert kept.getpixel((5, 5)) == (255, 255, 255)


def test_where_a_photo_was_taken_is_not_kept():
    original = photo_with_a_place()
    assert opened(original).getexif().get_ifd(GPS_IFD)

    kept = clean_picture(original)

    assert dict(opened(kept).getexif()) == {}
    assert b"telephone" not in kept


def test_a_second_format_hidden_behind_the_picture_is_not_kept():
    kept = clean_picture(picture() + b"<?php system($_GET[0]); ?><script>alert(1)</script>PK\x03\x04")

    assert b"script" not in kept
    assert b"php" not in kept


# Made when the test runs: every worker reads this file, and the large ones take a while.
@pytest.mark.parametrize(
    ("made", "code"),
    [
        (lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "not_a_picture"),
        (lambda: picture("GIF"), "not_a_picture"),
        (lambda: b"", "not_a_picture"),
        (lambda: picture()[:2000], "not_a_picture"),
        (lambda: picture("PNG")[:60], "not_a_picture"),
        (lambda: b"\x00" * 100, "not_a_picture"),
        (lambda: picture("PNG", size=(20_000, 20_000), mode="1", color=0), "too_many_pixels"),
        (lambda: picture("PNG", size=(8_000, 7_000), mode="1", color=0), "too_many_pixels"),
        (lambda: picture() + b"\x00" * (5 * 1024 * 1024), "too_large"),
    ],
    ids=["svg", "gif", "empty", "cut jpeg", "cut png", "zeros", "bomb", "too many pixels", "too many bytes"],
)
def test_what_cannot_be_a_picture_is_refused(made, code):
    with pytest.raises(PictureRefusedError) as refused:
        clean_picture(made())
    assert refused.value.code == code


def test_uploading_shows_the_picture_and_names_it_ourselves(ada, signed_in, settings):
    answer = upload(signed_in(ada), picture(), first_name="Adaeze")

    assert (answer.status_code, answer.json()["first_name"]) == (200, "Adaeze")
    [name] = files(settings)
    assert answer.json()["avatar_url"] == f"http://testserver/media/avatars/{name}"
    assert name.endswith(".jpg")
    assert "evil" not in name


def test_a_new_picture_takes_the_old_ones_place(ada, signed_in, settings, django_capture_on_commit_callbacks):
    client = signed_in(ada)
    with django_capture_on_commit_callbacks(execute=True):
        upload(client, picture())
    first = files(settings)
    with django_capture_on_commit_callbacks(execute=True):
        upload(client, picture(color="blue"))

    assert (len(first), len(files(settings)), first == files(settings)) == (1, 1, False)


def test_null_takes_the_picture_away(ada, signed_in, settings, django_capture_on_commit_callbacks):
    client = signed_in(ada)
    upload(client, picture())

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.patch("/api/v1/users/me", {"avatar": None})

    assert (answer.json()["avatar_url"], files(settings)) == (None, [])


@pytest.mark.parametrize(
    ("content", "code"), [(b"<svg/>", "not_a_picture"), (b"x" * (5 * 1024 * 1024 + 1), "too_large"), (b"", "empty")]
)
def test_a_bad_upload_is_named_and_nothing_is_kept(ada, signed_in, settings, content, code):
    answer = upload(signed_in(ada), content)

    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert [(fault["field"], fault["code"]) for fault in answer.json()["errors"]] == [("avatar", code)]
    assert (files(settings), User.objects.get(pk=ada.pk).avatar.name) == ([], "")


def test_a_picture_sent_as_text_is_refused(ada, signed_in):
    answer = signed_in(ada).patch("/api/v1/users/me", {"avatar": "data:image/png;base64,AAAA"})

    assert [fault["field"] for fault in answer.json()["errors"]] == ["avatar"]
