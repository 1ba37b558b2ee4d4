"""The HTTP door to an auction of turns."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from circles import services
from circles.api.doors import MyCircleView, caller, checked
from circles.api.inputs import OptionalAmountField
from circles.bids import auction_view
from contri.core.api.fields import NairaField
from contri.core.api.people import PersonRead


class BidInput(serializers.Serializer[Any]):
    """What I would give up of my pot for an early turn; nothing is a bid as well."""

    discount = OptionalAmountField(source="discount_kobo")


class BidRead(serializers.Serializer[Any]):
    """Somebody's bid."""

    member = PersonRead(source="membership.user")
    discount = NairaField(source="discount_kobo")
    bid_at = serializers.DateTimeField()


class AuctionRead(serializers.Serializer[Any]):
    """How an auction of turns stands. Bids are sealed until the circle is locked: then all can be seen."""

    most = NairaField(source="circle.most_bid_kobo", help_text="The most that can be given up, by the charter's floor.")
    closes_at = serializers.DateTimeField()
    bids_made = serializers.IntegerField()
    mine = BidRead(allow_null=True)
    bids = BidRead(many=True, help_text="Empty until the circle is locked.")


class AuctionView(MyCircleView):
    """Bids for early turns."""

    @extend_schema(operation_id="circles_auction", responses=AuctionRead)
    def get(self, request: Request, circle_id: UUID) -> Response:
        """Until when bids are taken, how many there are, mine; all of them once the circle is locked."""
        return Response(AuctionRead(auction_view(self.circle(request, circle_id), caller(request))).data)

    @extend_schema(operation_id="circles_auction_bid", request=BidInput, responses=BidRead)
    def put(self, request: Request, circle_id: UUID) -> Response:
        """Say what I would give up for an early turn; saying it again replaces it."""
        discount = checked(BidInput(data=request.data))["discount_kobo"]
        bid = services.bid_for_turn(
            actor=caller(request), circle_id=circle_id, discount_kobo=discount, at=timezone.now()
        )
        return Response(BidRead(bid).data)
