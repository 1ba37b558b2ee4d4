"""Migrations that would stop a running Contri are refused; their safe forms pass."""

from typing import Any

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import migrations, models

from contri.core.migration_rules import faults_of

INDEX = models.Index(fields=["name"], name="by_name")
CHECK = models.CheckConstraint(condition=models.Q(name__gt=""), name="named")


def nothing(apps: Any, schema_editor: Any) -> None:
    """Data that does not matter here."""


UNSAFE: dict[str, list[Any]] = {
    "drop a column": [migrations.RemoveField("circle", "name")],
    "rename a column": [migrations.RenameField("circle", "name", "title")],
    "a column that must be filled": [migrations.AddField("circle", "name", models.CharField(max_length=9))],
    "a column whose default only Django knows": [
        migrations.AddField("circle", "name", models.CharField(max_length=9, default="x"))
    ],
    "another type": [migrations.AlterField("circle", "name", models.TextField())],
    "an index under a lock": [migrations.AddIndex("circle", INDEX)],
    "a constraint under a lock": [migrations.AddConstraint("circle", CHECK)],
    "schema and data": [
        migrations.AddField("circle", "name", models.TextField(null=True)),
        migrations.RunPython(nothing),
    ],
}
SAFE: dict[str, list[Any]] = {
    "a nullable column": [migrations.AddField("circle", "name", models.TextField(null=True))],
    "a column with a default of the database": [
        migrations.AddField("circle", "name", models.CharField(max_length=9, db_default=""))
    ],
    "an index without a lock": [AddIndexConcurrently("circle", INDEX)],
    "a constraint for new rows": [AddConstraintNotValid("circle", CHECK)],
    "data alone": [migrations.RunPython(nothing)],
    "anything on a table made here": [
        migrations.CreateModel("Circle", [("name", models.TextField())]),
        migrations.AddIndex("circle", INDEX),
        migrations.AddConstraint("circle", CHECK),
    ],
}


def migration_of(operations: list[Any], **said: str) -> migrations.Migration:
    made: type[migrations.Migration] = type("Step", (migrations.Migration,), {"operations": operations, **said})
    return made("0009_step", "circles")


@pytest.mark.parametrize("name", UNSAFE)
def test_unsafe_steps_are_refused(name: str) -> None:
    assert len(faults_of(migration_of(UNSAFE[name]))) == 1


@pytest.mark.parametrize("name", SAFE)
def test_their_safe_forms_pass(name: str) -> None:
    assert faults_of(migration_of(SAFE[name])) == []


def test_a_step_that_says_why_it_may_passes() -> None:
    assert faults_of(migration_of(UNSAFE["drop a column"], unsafe_because="nothing has read it since 2.3")) == []
