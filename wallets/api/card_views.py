"""The HTTP door to people's cards."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contri.core.api.idempotent import idempotent_around_provider
from contri.core.api.limits import limited
from wallets import queries, services
from wallets.api.callers import caller, valid
from wallets.api.serializers import CardLinkInput, CardLinkRead, CardRead
from wallets.providers.paystack import MINIMUM_CHARGE_KOBO


class CardListView(APIView):
    """The cards that I keep."""

    @extend_schema(responses={200: CardRead(many=True)}, operation_id="cards_list")
    def get(self, request: Request) -> Response:
        """All of them, the default one first."""
        return Response(CardRead(queries.cards_of(caller(request)), many=True).data)


class CardLinkView(APIView):
    """Keeping a card."""

    @extend_schema(request=CardLinkInput, responses={201: CardLinkRead}, operation_id="cards_link")
    @idempotent_around_provider
    @limited("card_link", "10/h", by="user", fail_open=True)
    def post(self, request: Request) -> Response:
        """Open a page to pay a small deposit with the card, which is then kept; or keep a finished deposit's card."""
        wanted = valid(CardLinkInput(data=request.data))
        if reference := wanted.get("reference"):
            card = services.keep_card_of_deposit(actor=caller(request), reference=reference)
            return _linked(authorization_url=None, reference=reference, card=card)
        deposit = services.start_deposit(
            actor=caller(request), amount_kobo=MINIMUM_CHARGE_KOBO, keeps_card=True, at=timezone.now()
        )
        return _linked(authorization_url=deposit.authorization_url, reference=deposit.reference, card=None)


class CardView(APIView):
    """One card of mine."""

    @extend_schema(responses={204: None}, operation_id="cards_remove")
    def delete(self, request: Request, pk: UUID) -> Response:
        """Forget it."""
        services.remove_card(actor=caller(request), card_id=pk, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class DefaultCardView(APIView):
    """The card that is charged where none is named."""

    @extend_schema(request=None, responses={200: CardRead}, operation_id="cards_make_default")
    def post(self, request: Request, pk: UUID) -> Response:
        """Make this one the default."""
        return Response(CardRead(services.make_default(actor=caller(request), card_id=pk)).data)


def _linked(**answer: Any) -> Response:
    return Response(CardLinkRead(answer).data, status=status.HTTP_201_CREATED)
