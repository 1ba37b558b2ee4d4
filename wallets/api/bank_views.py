"""The HTTP door to people's bank accounts."""

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contri.core.api.limits import limited
from contri.core.api.schema import PIN_TOKEN_HEADER, PROBLEM
from wallets import queries, services
from wallets.api.callers import caller, pin_token, valid
from wallets.api.serializers import BankAccountInput, BankAccountRead, BankRead, ResolvedRead


class BankAccountListView(APIView):
    """The bank accounts that I can withdraw to."""

    @extend_schema(responses={200: BankAccountRead(many=True)}, operation_id="banks_list")
    def get(self, request: Request) -> Response:
        """All of them, the primary one first."""
        return Response(BankAccountRead(queries.bank_accounts_of(caller(request)), many=True).data)

    @extend_schema(
        request=BankAccountInput,
        parameters=[PIN_TOKEN_HEADER],
        responses={201: BankAccountRead, 422: PROBLEM},
        operation_id="banks_link",
    )
    @limited("bank_resolve", "20/h", by="user")
    def post(self, request: Request) -> Response:
        """Link an account of mine. A holder's name that does not fit mine stays pending for staff."""
        wanted = valid(BankAccountInput(data=request.data))
        account = services.link_bank_account(
            actor=caller(request), pin_token=pin_token(request), at=timezone.now(), **wanted
        )
        return Response(BankAccountRead(account).data, status=status.HTTP_201_CREATED)


class BankAccountView(APIView):
    """One bank account of mine."""

    @extend_schema(parameters=[PIN_TOKEN_HEADER], responses={204: None}, operation_id="banks_remove")
    def delete(self, request: Request, pk: UUID) -> Response:
        """Unlink it. A withdrawal on its way there goes on."""
        services.remove_bank_account(
            actor=caller(request), bank_account_id=pk, pin_token=pin_token(request), at=timezone.now()
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class PrimaryBankAccountView(APIView):
    """The bank account that is offered first."""

    @extend_schema(request=None, responses={200: BankAccountRead}, operation_id="banks_make_primary")
    def post(self, request: Request, pk: UUID) -> Response:
        """Make this one the primary."""
        account = services.make_primary(actor=caller(request), bank_account_id=pk)
        return Response(BankAccountRead(account).data)


class BankDirectoryView(APIView):
    """The banks of Nigeria."""

    @extend_schema(responses={200: BankRead(many=True)}, operation_id="banks_directory")
    def get(self, request: Request) -> Response:
        """All of them, by name."""
        return Response(BankRead(services.bank_directory(at=timezone.now()), many=True).data)


class ResolveView(APIView):
    """Whose bank account is it?"""

    @extend_schema(request=BankAccountInput, responses={200: ResolvedRead, 422: PROBLEM}, operation_id="banks_resolve")
    # Tight, and shared with linking: it would be a way to find out who banks where.
    @limited("bank_resolve", "20/h", by="user")
    def post(self, request: Request) -> Response:
        """The holder's name, as the bank gives it."""
        wanted = valid(BankAccountInput(data=request.data))
        name = services.resolve_bank_account(**wanted)
        return Response(ResolvedRead({"account_name": name}).data)
