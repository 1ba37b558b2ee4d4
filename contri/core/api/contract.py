"""The API's contract: the schema that is committed, and what of it must not change under apps that are in the shops."""

from collections.abc import Iterator, Mapping
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

Schema = Mapping[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
# Schemas refer to each other; deeper than this it is the same thing again.
DEEPEST = 6


def current_contract() -> bytes:
    """The schema as the code has it, as YAML."""
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    rendered: bytes = OpenApiYamlRenderer().render(schema, renderer_context={})  # type: ignore[no-untyped-call]
    return rendered


def breaking_changes(before: Schema, after: Schema) -> list[str]:
    """What an app that was built against `before` would trip over, one sentence each."""
    return [
        f"{method.upper()} {path}: {fault}"
        for path, operations in before["paths"].items()
        for method in METHODS
        if method in operations
        for fault in _operation_faults(before, operations[method], after, after["paths"].get(path, {}).get(method))
    ]


def _operation_faults(before: Schema, old: Schema, after: Schema, new: Schema | None) -> Iterator[str]:
    if new is None:
        yield "is gone"
        return
    for status, answer in old.get("responses", {}).items():
        if status not in new.get("responses", {}):
            yield f"answers {status} no more"
            continue
        yield from _lost(before, _content(answer), after, _content(new["responses"][status]), f"answer {status}")
    asked, asks = _content(old.get("requestBody", {})), _content(new.get("requestBody", {}))
    yield from _demanded(before, asked, after, asks)
    known = {parameter["name"] for parameter in old.get("parameters", [])}
    for parameter in new.get("parameters", []):
        if parameter.get("required") and parameter["name"] not in known:
            yield f"demands the new parameter {parameter['name']}"


def _lost(before: Schema, old: Schema, after: Schema, new: Schema, where: str, depth: int = 0) -> Iterator[str]:
    """What an answer had and has no more, or has in another type."""
    old, new = _resolved(before, old), _resolved(after, new)
    if depth > DEEPEST or not old:
        return
    if old.get("type") != new.get("type"):
        yield f"{where} is {new.get('type')}, was {old.get('type')}"
        return
    for name, value in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            yield f"{where} has no {name} any more"
        else:
            yield from _lost(before, value, after, new["properties"][name], f"{where}.{name}", depth + 1)
    if "items" in old:
        yield from _lost(before, old["items"], after, new.get("items", {}), f"{where}[]", depth + 1)


def _demanded(before: Schema, old: Schema, after: Schema, new: Schema) -> Iterator[str]:
    """What a request must bring that it need not, or must not bring that it could."""
    old, new = _resolved(before, old), _resolved(after, new)
    for name in sorted(set(new.get("required", [])) - set(old.get("required", []))):
        yield f"demands {name}"
    for name, value in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            yield f"takes no {name} any more"
            continue
        was, is_now = _resolved(before, value), _resolved(after, new["properties"][name])
        gone = sorted(map(str, set(was.get("enum", [])) - set(is_now.get("enum", was.get("enum", [])))))
        if gone:
            yield f"takes {', '.join(gone)} as {name} no more"


def _content(part: Schema) -> Schema:
    kinds = part.get("content", {})
    chosen: Schema = next((kind for name, kind in kinds.items() if "json" in name), {})
    schema: Schema = chosen.get("schema", {})
    return schema


def _resolved(whole: Schema, schema: Schema) -> Schema:
    """Behind references and wrappers of one."""
    while True:
        if "$ref" in schema:
            schema = whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        elif len(schema.get("allOf", [])) == 1:
            schema = schema["allOf"][0]
        else:
            return schema
