"""What the bodies of a route may have in them, read off the schema."""

from typing import Any

from contri.tests.casting import Row
from contri.tests.routes import API, Call

# OpenAPI has no bodies of DELETE.
WITH_A_BODY_THE_SCHEMA_CANNOT_TELL = {Call("users/me", "delete"): {"password", "pin"}}


def taken_by(row: Row, schema: dict[str, Any]) -> set[str]:
    """The names that a route takes."""
    if row.call in WITH_A_BODY_THE_SCHEMA_CANNOT_TELL:
        return WITH_A_BODY_THE_SCHEMA_CANNOT_TELL[row.call]
    operations: dict[str, Any] = next(
        (known for path, known in schema["paths"].items() if shape(path) == shape(row.call.route)), {}
    )
    content = operations.get(row.call.method, {}).get("requestBody", {}).get("content", {})
    names: set[str] = set()
    for kind in content.values():
        component = kind["schema"].get("$ref", "").rpartition("/")[2]
        names |= set(schema["components"]["schemas"].get(component, {}).get("properties", {}))
    return names


def shape(path: str) -> tuple[str, ...]:
    """A path without the names of its holes, which Django and OpenAPI write otherwise."""
    return tuple("" if part[:1] in ("<", "{") else part for part in path.removeprefix(f"/{API}").split("/"))
