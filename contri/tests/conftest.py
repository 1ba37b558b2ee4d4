"""What tests of every call start from: everybody who may make them."""

from collections.abc import Iterator

import pytest

from circles.models.chat import private_files
from contri.tests.casting import Cast, cheap_hashes
from contri.tests.things import things_of_everybody


@pytest.fixture
def cast(signed_in, pin_token, sandbox, settings, tmp_path, monkeypatch) -> Iterator[Cast]:
    """Everybody, and something of every kind; pictures are kept for as long as the test runs."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(private_files(), "location", str(tmp_path))
    with cheap_hashes():
        yield Cast(things_of_everybody(pin_token), signed_in, pin_token)
