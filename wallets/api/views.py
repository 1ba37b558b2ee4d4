"""The HTTP door to the wallet: what is in it, its history, and moving money."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics, status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from contri.core.api.idempotent import (
    ProvedByVerb,
    idempotent,
    idempotent_around_provider,
    idempotent_in_one_call,
)
from contri.core.api.limits import limited
from contri.core.api.schema import PIN_TOKEN_HEADER, ProblemRead
from contri.core.idempotency import Answer, Ticket
from wallets import queries, services
from wallets.api.callers import access_token, caller, pin_token, valid
from wallets.api.filters import TransactionFilter
from wallets.api.serializers import (
    CheckoutRead,
    DepositInput,
    MovedRead,
    TransactionDetailRead,
    TransactionRead,
    TransferInput,
    WalletRead,
    WithdrawalInput,
    line_reader,
)
from wallets.models import Deposit, Transaction

# Nothing that guards money is counted in Redis: the PIN, the tier's limits and the balance are in PostgreSQL. Where a
# call costs the provider something, the limit stands behind the key: a replay is free, and money works without Redis.


class WalletView(APIView):
    """My wallet."""

    @extend_schema(responses={200: WalletRead}, operation_id="wallet_retrieve")
    def get(self, request: Request) -> Response:
        """What can be spent, and what is held. The wallet is opened when it is first looked at."""
        wallet = services.open_wallet(user_id=caller(request).pk)
        return Response(WalletRead(queries.wallet_view(wallet)).data)


class TransactionListView(generics.ListAPIView[Transaction]):
    """My wallet's history, newest first."""

    serializer_class = TransactionRead
    filterset_class = TransactionFilter
    queryset = Transaction.objects.none()

    def get_queryset(self) -> QuerySet[Transaction]:
        """The caller's own."""
        return queries.transactions_of(caller(self.request))


class TransactionView(generics.RetrieveAPIView[Transaction]):
    """One line of my wallet's history."""

    serializer_class = TransactionDetailRead
    queryset = Transaction.objects.none()

    def get_queryset(self) -> QuerySet[Transaction]:
        """The caller's own: another's is not there."""
        return queries.transactions_of(caller(self.request)).select_related("deposit", "withdrawal")


class DepositView(APIView):
    """Bringing money in."""

    @extend_schema(
        request=DepositInput,
        responses={
            201: OpenApiResponse(CheckoutRead, description="Open authorization_url to pay."),
            404: OpenApiResponse(ProblemRead, description="card_not_found"),
        },
        operation_id="wallet_deposit",
    )
    @idempotent_around_provider
    @limited("deposit", "60/m", by="user", fail_open=True)
    def post(self, request: Request) -> Response:
        """Open a page where I can pay, or charge a kept card. What the provider confirms is credited, later."""
        wanted = valid(DepositInput(data=request.data))
        deposit = _deposited(caller(request), wanted)
        answer = {
            "transaction": deposit.transaction,
            "authorization_url": deposit.authorization_url or None,
            "reference": deposit.reference,
        }
        return Response(CheckoutRead(answer).data, status=status.HTTP_201_CREATED)


class WithdrawalView(APIView):
    """Sending money to my bank."""

    @extend_schema(
        request=WithdrawalInput,
        parameters=[PIN_TOKEN_HEADER],
        responses={
            202: OpenApiResponse(MovedRead, description="The money is held and on its way."),
            404: OpenApiResponse(ProblemRead, description="bank_account_not_found"),
        },
        operation_id="wallet_withdraw",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Move money from balance to held at once; the provider's word settles it or gives it back."""
        wanted = valid(WithdrawalInput(data=request.data))
        withdrawal = services.request_withdrawal(
            actor=caller(request),
            bank_account_id=wanted["bank_account_id"],
            amount_kobo=wanted["amount"],
            pin_token=pin_token(request),
            at=timezone.now(),
        )
        return _moved(withdrawal.transaction, status.HTTP_202_ACCEPTED)


class TransferView(ProvedByVerb):
    """Sending money to another wallet."""

    @extend_schema(
        request=TransferInput,
        parameters=[PIN_TOKEN_HEADER],
        responses={
            201: OpenApiResponse(MovedRead, description="The money has moved."),
            404: OpenApiResponse(ProblemRead, description="recipient_not_found"),
        },
        operation_id="wallet_transfer",
    )
    @idempotent_in_one_call
    def post(self, request: Request, ticket: Ticket) -> Answer:
        """Move money to somebody else's wallet, at once and finally."""
        wanted = valid(TransferInput(data=request.data))
        return services.transfer_money(
            caller=access_token(request),
            ticket=ticket,
            recipient=services.Recipient(wanted.get("recipient_id"), wanted.get("recipient_email", "")),
            amount_kobo=wanted["amount"],
            note=wanted["note"],
            pin_token=pin_token(request),
            answer=_sent,
            at=timezone.now(),
        )


def _deposited(actor: User, wanted: dict[str, Any]) -> Deposit:
    if card_id := wanted.get("card_id"):
        return services.charge_card(actor=actor, amount_kobo=wanted["amount"], card_id=card_id, at=timezone.now())
    return services.start_deposit(
        actor=actor, amount_kobo=wanted["amount"], provider=wanted["provider"], at=timezone.now()
    )


def _sent(line: Transaction) -> Answer:
    body = JSONRenderer().render({"transaction": line_reader().to_representation(line)})
    return Answer(status.HTTP_201_CREATED, "application/json", body)


def _moved(transaction: Transaction, http_status: int) -> Response:
    answer: dict[str, Any] = {"transaction": transaction}
    return Response(MovedRead(answer).data, status=http_status)
