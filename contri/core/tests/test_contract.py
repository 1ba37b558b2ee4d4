"""Changes that apps in the shops would trip over are found, and those that they would not notice are not."""

from copy import deepcopy
from typing import Any

import pytest

from contri.core.api.contract import breaking_changes

BEFORE: dict[str, Any] = {
    "components": {
        "schemas": {
            "Wallet": {"type": "object", "properties": {"id": {"type": "string"}, "held": {"type": "string"}}},
            "Deposit": {
                "type": "object",
                "required": ["amount"],
                "properties": {
                    "amount": {"type": "string"},
                    "provider": {"type": "string", "enum": ["paystack", "flutterwave"]},
                },
            },
        }
    },
    "paths": {
        "/wallets": {
            "get": {
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {
                                "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Wallet"}}
                            }
                        }
                    }
                }
            },
            "post": {
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Deposit"}}}},
                "responses": {"201": {}},
            },
        }
    },
}


def changed(change: Any) -> list[str]:
    after = deepcopy(BEFORE)
    change(after)
    return breaking_changes(BEFORE, after)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda s: s["paths"].pop("/wallets"), "GET /wallets: is gone"),
        (
            lambda s: s["components"]["schemas"]["Wallet"]["properties"].pop("held"),
            "GET /wallets: answer 200[] has no held any more",
        ),
        (
            lambda s: s["components"]["schemas"]["Wallet"]["properties"]["held"].update(type="number"),
            "GET /wallets: answer 200[].held is number, was string",
        ),
        (
            lambda s: s["components"]["schemas"]["Deposit"]["required"].append("provider"),
            "POST /wallets: demands provider",
        ),
        (
            lambda s: s["components"]["schemas"]["Deposit"]["properties"].pop("provider"),
            "POST /wallets: takes no provider any more",
        ),
        (
            lambda s: s["components"]["schemas"]["Deposit"]["properties"]["provider"]["enum"].remove("flutterwave"),
            "POST /wallets: takes flutterwave as provider no more",
        ),
        (
            lambda s: s["paths"]["/wallets"]["get"].update(parameters=[{"name": "as_of", "required": True}]),
            "GET /wallets: demands the new parameter as_of",
        ),
        (lambda s: s["paths"]["/wallets"]["post"]["responses"].pop("201"), "POST /wallets: answers 201 no more"),
    ],
)
def test_a_breaking_change_is_named(change: Any, fault: str) -> None:
    assert fault in changed(change)


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s["paths"].update({"/cards": {"get": {"responses": {}}}}),
        lambda s: s["components"]["schemas"]["Wallet"]["properties"].update(currency={"type": "string"}),
        lambda s: s["components"]["schemas"]["Deposit"]["properties"].update(note={"type": "string"}),
        lambda s: s["components"]["schemas"]["Deposit"]["properties"]["provider"]["enum"].append("monnify"),
        lambda s: s["paths"]["/wallets"]["get"].update(parameters=[{"name": "page", "required": False}]),
    ],
)
def test_an_addition_breaks_nobody(change: Any) -> None:
    assert changed(change) == []
