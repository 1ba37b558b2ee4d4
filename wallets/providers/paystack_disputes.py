"""Paystack's disputes: how one stands, and our word about it."""

from datetime import datetime
from typing import Any

from contri.core.moments import rfc3339
from wallets.providers.base import DisputeAnswer, DisputesAnswer, Failed, Plea, PleaAnswer, Succeeded, Unknown, Why
from wallets.providers.http import Reply
from wallets.providers.paystack_calls import PAGE_SIZE, PaystackCalls
from wallets.providers.paystack_reading import contested_of, data_of, disputes_of, number_of
from wallets.providers.reading import text

PAGE_NAME = "contri-evidence.txt"


class PaystackDisputes(PaystackCalls):
    """What can be asked and said about disputes."""

    def dispute(self, *, code: str) -> DisputeAnswer:
        """GET /dispute/{id}. It is over once it is `resolved`, and lost unless the claim was `declined`."""
        if not code.isascii() or not code.isdigit():
            return Failed(Why.NOT_FOUND)
        return self._ask(
            "dispute",
            "GET",
            f"/dispute/{code}",
            lambda reply: Succeeded(contested_of(data_of(reply), code, domain=self._domain)),
        )

    def disputes(self, *, since: datetime, page: int) -> DisputesAnswer:
        """GET /dispute."""
        params = {"from": rfc3339(since), "perPage": str(PAGE_SIZE), "page": str(page)}
        return self._ask("list disputes", "GET", "/dispute", lambda reply: Succeeded(disputes_of(reply)), params=params)

    def answer_dispute(self, *, code: str, plea: Plea) -> PleaAnswer:
        """PUT /dispute/{id}/resolve, which wants a file; before it, for a claim that we contest, POST …/evidence."""
        if not code.isascii() or not code.isdigit():
            return Failed(Why.NOT_FOUND)
        file = self._upload(code, plea.page)
        if not isinstance(file, Succeeded):
            return file
        said: dict[str, Any] = {
            "resolution": "merchant-accepted" if plea.accepts else "declined",
            "message": plea.message,
            "refund_amount": plea.amount,
            "uploaded_filename": file.value,
        }
        if not plea.accepts:
            evidence = self._give_evidence(code, plea)
            if not isinstance(evidence, Succeeded):
                return evidence
            said["evidence"] = evidence.value
        return self._ask("resolve dispute", "PUT", f"/dispute/{code}/resolve", _taken_on, json=said)

    def _upload(self, code: str, page: str) -> Succeeded[str] | Failed | Unknown:
        """GET …/upload_url names a place and what the file is called there; then the file goes to that place."""
        place = self._ask(
            "dispute upload url",
            "GET",
            f"/dispute/{code}/upload_url",
            lambda reply: Succeeded((text(data_of(reply), "signedUrl"), text(data_of(reply), "fileName"))),
            params={"upload_filename": PAGE_NAME},
        )
        if not isinstance(place, Succeeded):
            return place
        address, name = place.value
        fault = self._http.upload("dispute upload", address, page.encode())
        return Succeeded(name) if fault is None else fault

    def _give_evidence(self, code: str, plea: Plea) -> Succeeded[int] | Failed | Unknown:
        told = {
            "customer_email": plea.payer_email,
            "customer_name": plea.payer_name,
            "customer_phone": plea.payer_phone,
            "service_details": plea.message,
        }
        return self._ask(
            "dispute evidence",
            "POST",
            f"/dispute/{code}/evidence",
            lambda reply: Succeeded(number_of(data_of(reply), "id")),
            json=told,
        )


def _taken_on(reply: Reply) -> PleaAnswer:
    return Succeeded(str(number_of(data_of(reply), "id")))
