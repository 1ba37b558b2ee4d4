"""The secrets of a local run."""

import json

import pytest

from contri.local.faults import LocalFaultError
from contri.local.keys import kept_keys


def test_keys_are_made_once_and_kept(tmp_path):
    first = kept_keys(tmp_path / "keys.json")

    assert kept_keys(tmp_path / "keys.json") == first
    assert len(set(first.values())) == len(first)


def test_only_their_owner_can_read_the_keys(tmp_path):
    kept_keys(tmp_path / "keys.json")

    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["keys.json"]


def test_a_key_that_is_new_to_an_old_file_is_added_and_the_others_stay(tmp_path):
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"PIN_PEPPER": "as it was"}))

    keys = kept_keys(file)

    assert keys["PIN_PEPPER"] == "as it was"
    assert kept_keys(file) == keys
    assert "SECRET_KEY" in keys


def test_a_spoilt_file_is_refused_and_not_overwritten(tmp_path):
    file = tmp_path / "keys.json"
    file.write_text('{"PIN_PEPPER": ')

    with pytest.raises(LocalFaultError, match=r"Cannot read the local keys in .*: restore the file"):
        kept_keys(file)

    assert file.read_text() == '{"PIN_PEPPER": '
