"""A backup is encrypted, whole, kept as long as it should be, and restores into books that balance."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django.fixtures import Settings

from accounts.tests.factories import UserFactory
from contri.backups.drill import Drill, differences
from contri.backups.keeping import to_keep
from contri.core.models import Reading
from wallets.models import Wallet

NOW = datetime(2027, 3, 31, 2, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """A folder for backups, with the keys to it."""
    identity = pyrage.x25519.Identity.generate()
    key = tmp_path / "key.txt"
    key.write_text(f"# as age-keygen writes it\n{identity}\n")
    settings.BACKUP_FOLDER = str(tmp_path / "backups")
    settings.BACKUP_RECIPIENTS = (str(identity.to_public()),)
    settings.BACKUP_IDENTITY_FILE = str(key)
    return tmp_path / "backups"


def run(command: str, *arguments: str) -> dict[str, object]:
    said = io.StringIO()
    call_command(command, *arguments, "--json", stdout=said)
    told: dict[str, object] = json.loads(said.getvalue())
    return told


def people(count: int) -> None:
    for _ in range(count):
        Wallet.objects.get_or_create(user=UserFactory.create(first_name="Canary"))


@pytest.mark.django_db(transaction=True)
def test_what_was_backed_up_is_what_is_restored(folder: Path) -> None:
    people(3)
    backup = run("backup")
    people(1)
    drill = run("restore_drill")

    assert (drill["good"], drill["differences"], drill["complaints"]) == (True, {}, {})
    assert drill["rows"] == backup["rows"]
    assert {reading.name: reading.value for reading in Reading.objects.all()} == {
        "backup_bytes": float(str(backup["bytes"])),
        "restore_drill_faults": 0.0,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'contri_drill_%'")
        assert cursor.fetchone() == (0,)


def test_a_row_that_is_missing_or_an_audit_that_complains_fails_the_drill() -> None:
    found = differences({"people": 3, "coins": 2}, {"people": 3, "coins": 1, "strangers": 1})
    good = Drill("contri-1", 5, {}, {}, restore_seconds=1.0, audit_seconds=1.0)

    assert found == {"coins": (2, 1), "strangers": (0, 1)}
    assert good.is_good
    assert not replace(good, differences=found).is_good
    assert not replace(good, complaints={"audit_ledger": "1 finding"}).is_good


@pytest.mark.django_db(transaction=True)
def test_nobody_reads_a_backup_without_the_private_key_and_a_changed_one_is_noticed(
    folder: Path, settings: Settings
) -> None:
    people(1)
    backup = run("backup")
    file = folder / f"{backup['name']}.dump.age"
    sealed = file.read_bytes()

    assert sealed.startswith(b"age-encryption.org/v1")
    assert b"Canary" not in sealed
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed, [pyrage.x25519.Identity.generate()])
    file.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(CommandError, match="not what its note says"):
        call_command("restore_drill")


@pytest.mark.django_db(transaction=True)
def test_a_dump_cut_short_leaves_no_backup_behind(folder: Path, settings: Settings) -> None:
    settings.PG_PROGRAMS = str(folder)
    folder.mkdir()
    (folder / "pg_dump").write_text("#!/bin/sh\nprintf half-a-dump\necho disk trouble >&2\nexit 1\n")
    (folder / "pg_dump").chmod(0o755)

    with pytest.raises(CommandError, match="pg_dump: disk trouble"):
        call_command("backup")
    assert sorted(file.name for file in folder.iterdir()) == ["pg_dump"]


def test_without_a_key_there_is_no_backup(settings: Settings) -> None:
    settings.BACKUP_RECIPIENTS = ()

    with pytest.raises(CommandError, match="BACKUP_RECIPIENTS"):
        call_command("backup")


def test_a_year_of_backups_every_six_hours_thins_out() -> None:
    taken = [NOW - timedelta(hours=6 * number) for number in range(4 * 500)]
    kept = to_keep(taken, now=NOW)

    ages = sorted((NOW - moment) / timedelta(days=1) for moment in kept)
    assert len([age for age in ages if age <= 2]) == 9
    assert len([age for age in ages if 2 < age <= 14]) == 12
    assert len([age for age in ages if 14 < age <= 60]) == 7
    assert len([age for age in ages if age > 60]) == 10
    assert ages[-1] < 366


def test_the_only_backup_is_kept_however_old_it_is() -> None:
    old = NOW - timedelta(days=4000)

    assert to_keep([old], now=NOW) == {old}
