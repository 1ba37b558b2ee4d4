"""Where the data goes, and who can get there."""

import os

import pytest

from contri.local.data import DataFolder, ServiceUser, may_enter
from contri.local.throwaway import throwaway_folder

NOBODY = ServiceUser("nobody", uid=65534, gid=65534)
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root steps down to another user")


@pytest.fixture
def open_folder():
    """Like a checkout under /srv: anyone may pass through, as nobody may through pytest's own folders."""
    with throwaway_folder() as data:
        yield data.root


@as_root
def test_data_stays_in_the_checkout_where_nobody_can_reach_it(open_folder):
    assert may_enter(NOBODY, open_folder)
    assert DataFolder(open_folder / ".local").postgres == open_folder / ".local" / "postgres"


@as_root
def test_data_of_a_checkout_behind_a_closed_door_goes_elsewhere(open_folder):
    home = open_folder / "home"
    (home / "checkout").mkdir(parents=True)
    home.chmod(0o700)

    data = DataFolder(home / "checkout" / ".local", system_data=open_folder / "system")

    assert not may_enter(NOBODY, home / "checkout")
    assert data.postgres.parent.parent == open_folder / "system"
    assert data.valkey == home / "checkout" / ".local" / "valkey"


def test_the_folder_can_be_passed_through_and_not_listed(tmp_path):
    data = DataFolder(tmp_path / ".local")

    data.create()

    assert data.root.stat().st_mode & 0o777 == 0o711


def test_removing_the_data_leaves_what_is_not_ours(tmp_path):
    data = DataFolder(tmp_path, system_data=tmp_path / "system")
    data.valkey.mkdir()
    data.keys.write_text("{}")
    (tmp_path / "thesis.odt").write_text("ten years of work")

    data.remove()

    assert [file.name for file in tmp_path.iterdir()] == ["thesis.odt"]
