"""What a migration must not do while the code of yesterday still runs beside it, or while a table is in use.

A step that knows better says so: `unsafe_because = "…"` on the migration, for the reviewer to read.
"""

from collections.abc import Iterator

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.models.fields import NOT_PROVIDED

DATA = (migrations.RunPython,)
GONE = (migrations.RemoveField, migrations.DeleteModel, migrations.RenameField, migrations.RenameModel)


def faults_of(migration: migrations.Migration) -> list[str]:
    """Why a migration is unsafe, one sentence each; none when it is safe or says why it may."""
    if getattr(migration, "unsafe_because", ""):
        return []
    made_here = {op.name.lower() for op in migration.operations if isinstance(op, migrations.CreateModel)}
    faults = [fault for operation in migration.operations for fault in _faults(operation, made_here)]
    if any(isinstance(op, DATA) for op in migration.operations) and not all(
        isinstance(op, (*DATA, migrations.RunSQL)) for op in migration.operations
    ):
        faults.append("changes data and schema in one transaction: the table stays locked until the data is done")
    return faults


def _faults(operation: Operation, made_here: set[str]) -> Iterator[str]:
    if isinstance(operation, GONE):
        yield f"{operation.describe()}: code that still runs reads it; contract in the next release"
    elif _table_of(operation) in made_here:
        return
    elif isinstance(operation, migrations.AddField) and not _fills_itself(operation.field):
        yield f"{operation.describe()}: old code inserts without it; make it nullable or give it a db_default"
    elif isinstance(operation, migrations.AlterField):
        yield f"{operation.describe()}: may rewrite or scan the table under a lock, or refuse what old code writes"
    elif isinstance(operation, migrations.AddIndex) and not isinstance(operation, AddIndexConcurrently):
        yield f"{operation.describe()}: stops every write while it is built; use AddIndexConcurrently"
    elif isinstance(operation, migrations.AddConstraint) and not _is_checked_later(operation):
        yield f"{operation.describe()}: checks every row under a lock; use AddConstraintNotValid"


def _table_of(operation: Operation) -> str:
    return str(getattr(operation, "model_name", "")).lower()


def _fills_itself(field: "models.Field[object, object]") -> bool:
    return field.null or field.db_default is not NOT_PROVIDED or isinstance(field, models.ManyToManyField)


def _is_checked_later(operation: migrations.AddConstraint) -> bool:
    return type(operation).__name__ == "AddConstraintNotValid"
