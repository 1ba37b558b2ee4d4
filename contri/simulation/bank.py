"""Paystack and Smile ID inside this process: the same paths, envelopes and signatures, moved by the virtual clock.

Less than the sandbox, which stands in for them everywhere else: no pages and no server, but nothing that is not decided
by the seed either.
"""

import base64
import hmac
import json
import random
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from django.conf import settings

from contri.core.moments import rfc3339
from contri.simulation.bank_books import (
    CARD_FEE_KOBO,
    Body,
    Charge,
    Dispute,
    Refund,
    Transfer,
    charge_body,
    refund_body,
    transfer_body,
)
from contri.simulation.claims import FILES, Claims
from contri.simulation.envelopes import ok, page, refused

BANK = {"name": "Guaranty Trust Bank", "code": "058", "slug": "guaranty-trust-bank", "active": True}
SLOWEST_TRANSFER_MINUTES = 600
SLOWEST_REFUND_MINUTES = 1_800
CARDS_THAT_PAY = 0.8
REFUNDS_THAT_ARRIVE = 0.8


@dataclass
class Webhook:
    """A call to Contri that waits to be made."""

    due_at: datetime
    path: str
    body: bytes
    headers: dict[str, str]


class PretendBank:
    """What the providers know. Amounts are kobo."""

    def __init__(self, chance: Callable[[], random.Random], now: Callable[[], datetime]) -> None:
        self._chance = chance
        self._now = now
        self.charges: dict[str, Charge] = {}
        self.transfers: dict[str, Transfer] = {}
        self.refunds: list[Refund] = []
        self.disputes: list[Dispute] = []
        self.jobs: dict[str, Body] = {}
        self.webhooks: list[Webhook] = []
        # Whether every payment to a bank succeeds and every contested claim fails, so that two worlds can be compared.
        self.is_kind = False
        self._recipients: dict[str, str] = {}
        self._number = 4_000_000_000
        self.claims = Claims(self._chance, self._now, self._tell, lambda: self.disputes, lambda: self.is_kind)

    def books(self) -> dict[str, Any]:
        """Everything that it knows, copied."""
        names = ("charges", "transfers", "refunds", "disputes", "jobs", "webhooks", "_recipients", "_number")
        return deepcopy({name: getattr(self, name) for name in names})

    def remember(self, books: dict[str, Any]) -> None:
        """Know what these books say, and nothing else."""
        for name, known in deepcopy(books).items():
            setattr(self, name, known)

    def pay(self, reference: str, amount: int | None = None) -> None:
        """Somebody presses "Pay" on the hosted page; a mistaken bank may take another `amount` than was asked."""
        charge = self.charges[reference]
        if charge.status != "success":
            charge.status, charge.paid = "success", charge.amount if amount is None else amount
            self._tell("charge.success", charge_body(charge))

    def pay_unasked(self, amount: int, email: str) -> str:
        """Somebody pays where nobody asked them to, say on an old link; the charge's reference, which we never gave."""
        number = self._next()
        reference = f"old-link-{number}"
        self.charges[reference] = Charge(number, reference, email, amount, self._now())
        self.pay(reference)
        return reference

    def contest(self, charge: Charge, amount: int) -> None:
        """The payer wants `amount` kobo of a payment back, by way of their card's bank."""
        self.claims.open(self._next(), charge, amount)

    def move(self) -> None:
        """Let what was due by now happen."""
        for transfer in self.transfers.values():
            while transfer.fate and transfer.fate[0][0] <= self._now():
                transfer.status = transfer.fate.pop(0)[1]
                self._tell(f"transfer.{transfer.status}", transfer_body(transfer))
        for refund in self.refunds:
            while refund.fate and refund.fate[0][0] <= self._now():
                refund.status = refund.fate.pop(0)[1]
                self._tell(f"refund.{refund.status}", refund_body(refund))
        self.claims.move()

    def balance(self) -> int:
        """What it holds for Contri, in kobo: all that came in, less its fees and all that went out."""
        paid_in = [charge.paid for charge in self.charges.values() if charge.status in ("success", "reversed")]
        paid_out = [transfer.amount for transfer in self.transfers.values() if transfer.status == "success"]
        sent_back = [refund.amount for refund in self.refunds if refund.status == "processed"]
        taken_back = sum(dispute.amount for dispute in self.disputes if dispute.is_lost)
        return sum(paid_in) - CARD_FEE_KOBO * len(paid_in) - sum(paid_out) - sum(sent_back) - taken_back

    def is_still(self) -> bool:
        """Whether nothing is under way any more."""
        moving: list[Transfer | Refund | Dispute] = [*self.transfers.values(), *self.refunds, *self.disputes]
        return not self.webhooks and not any(one.fate for one in moving)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Do what a call asks for."""
        if request.url.host == FILES:
            return httpx.Response(200)
        for method, pattern, act in (*self._routes(), *self.claims.routes()):
            match = re.search(pattern, request.url.path)
            if match and request.method == method:
                body = json.loads(request.content) if request.content else dict(request.url.params)
                return act(body, *match.groups())
        return httpx.Response(404, json={"status": False, "message": f"No such path {request.url.path}"})

    def _routes(self) -> tuple[tuple[str, str, Callable[..., httpx.Response]], ...]:
        return (
            ("POST", r"/transaction/initialize$", self._initialize),
            ("POST", r"/transaction/charge_authorization$", self._charge_card),
            ("GET", r"/transaction/verify/([^/]+)$", self._verify_charge),
            ("GET", r"/transaction$", lambda body: page(body, self.charges.values(), charge_body)),
            ("GET", r"/transfer$", lambda body: page(body, self.transfers.values(), transfer_body)),
            ("GET", r"/balance$", lambda _body: ok([{"currency": "NGN", "balance": self.balance()}])),
            ("GET", r"/bank$", lambda _body: ok([BANK])),
            ("GET", r"/bank/resolve$", self._resolve),
            ("POST", r"/transferrecipient$", self._recipient),
            ("POST", r"/transfer$", self._transfer),
            ("GET", r"/transfer/verify/([^/]+)$", self._verify_transfer),
            ("POST", r"/refund$", self._refund),
            ("GET", r"/refund$", lambda _body: ok([refund_body(refund) for refund in reversed(self.refunds)])),
            ("POST", r"/async_id_verification$", self._identity_job),
            ("POST", r"/job_status$", self._job_status),
        )

    def _initialize(self, body: Body) -> httpx.Response:
        reference = body["reference"]
        if reference in self.charges:
            return refused(400, "Duplicate Transaction Reference", "duplicate_reference")
        self.charges[reference] = Charge(self._next(), reference, body["email"], body["amount"], self._now())
        url = f"https://checkout.invalid/{reference}"
        return ok({"authorization_url": url, "access_code": reference, "reference": reference})

    def _charge_card(self, body: Body) -> httpx.Response:
        """A kept card: it pays, mostly, and sometimes is declined."""
        reference = body["reference"]
        if reference in self.charges:
            return refused(400, "Duplicate Transaction Reference", "duplicate_reference")
        charge = self.charges[reference] = Charge(self._next(), reference, body["email"], body["amount"], self._now())
        if self.is_kind or self._chance().random() < CARDS_THAT_PAY:
            self.pay(reference)
        else:
            charge.status = "failed"
        return ok(charge_body(charge))

    def _verify_charge(self, _body: Body, reference: str) -> httpx.Response:
        charge = self.charges.get(reference)
        if charge is None:
            return refused(400, "Transaction reference not found.", "transaction_not_found")
        return ok(charge_body(charge))

    def _resolve(self, body: Body) -> httpx.Response:
        # The number says whose account it is: every person of the simulation has one number in all their accounts.
        return ok(
            {"account_number": body["account_number"], "account_name": f"MEMBER {name_of(body['account_number'])}"}
        )

    def _recipient(self, body: Body) -> httpx.Response:
        code = self._recipients.setdefault(body["account_number"], f"RCP_{body['account_number']}")
        return ok({"recipient_code": code, "active": True}, status=201)

    def _transfer(self, body: Body) -> httpx.Response:
        reference = body["reference"]
        if reference in self.transfers:
            return refused(400, "Duplicate Transfer Reference", "duplicate_transfer_reference")
        transfer = Transfer(self._next(), reference, body["amount"], self._now(), fate=self._fate())
        self.transfers[reference] = transfer
        return ok(transfer_body(transfer))

    def _fate(self) -> list[tuple[datetime, str]]:
        done_at = self._now() + timedelta(minutes=self._chance().randint(0, SLOWEST_TRANSFER_MINUTES))
        luck = self._chance().random()
        if self.is_kind or luck < 0.75:
            return [(done_at, "success")]
        if luck < 0.9:
            return [(done_at, "failed")]
        return [(done_at, "success"), (done_at + timedelta(hours=self._chance().randint(1, 60)), "reversed")]

    def _verify_transfer(self, _body: Body, reference: str) -> httpx.Response:
        transfer = self.transfers.get(reference)
        if transfer is None:
            return refused(404, "Transfer not found", "not_found")
        return ok(transfer_body(transfer))

    def _refund(self, body: Body) -> httpx.Response:
        charge = self.charges.get(body["transaction"])
        gone = sum(
            back.amount for back in self.refunds if back.charge == body["transaction"] and back.status != "failed"
        )
        if charge is None or charge.status == "reversed" or gone + body["amount"] > charge.paid:
            return refused(400, "Transaction has been fully reversed", "transaction_fully_reversed")
        done_at = self._now() + timedelta(minutes=self._chance().randint(0, SLOWEST_REFUND_MINUTES))
        end = "processed" if self.is_kind or self._chance().random() < REFUNDS_THAT_ARRIVE else "failed"
        refund = Refund(self._next(), charge.reference, body["amount"], body["merchant_note"], fate=[(done_at, end)])
        self.refunds.append(refund)
        return ok(refund_body(refund))

    def _identity_job(self, body: Body) -> httpx.Response:
        job = body["partner_params"]["job_id"]
        if job in self.jobs:
            return httpx.Response(400, json={"code": "2215", "error": "Job already exists"})
        self.jobs[job] = {"ResultCode": "1020", "ResultText": "Exact Match", "IDNumber": body["id_number"]}
        return httpx.Response(200, json={"success": True, "smile_job_id": str(self._next())})

    def _job_status(self, body: Body) -> httpx.Response:
        job = self.jobs.get(body["job_id"])
        if job is None:
            return httpx.Response(400, json={"code": "2314", "error": "No job found"})
        timestamp = rfc3339(self._now())
        result = {**job, "PartnerParams": {"job_id": body["job_id"]}}
        signed = {"timestamp": timestamp, "signature": _smile_id_signature(timestamp)}
        return httpx.Response(200, json={**signed, "job_complete": True, "job_success": True, "result": result})

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _tell(self, event: str, data: Body) -> None:
        body = json.dumps({"event": event, "data": data}).encode()
        signature = hmac.new(settings.PAYSTACK_SECRET_KEY.encode(), body, "sha512").hexdigest()
        headers = {"x-paystack-signature": signature}
        self.webhooks.append(Webhook(self._now(), "/api/v1/webhooks/paystack", body, headers))


def name_of(account_number: str) -> str:
    """A surname that only letters may be in, from the number of an account."""
    return "".join("ABCDEFGHIJ"[int(digit)] for digit in account_number[-4:])


def _smile_id_signature(timestamp: str) -> str:
    message = f"{timestamp}{settings.SMILE_ID_PARTNER_ID}sid_request".encode()
    return base64.b64encode(hmac.digest(settings.SMILE_ID_API_KEY.encode(), message, "sha256")).decode()
