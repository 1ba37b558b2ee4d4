"""The HTTP door to what is inside a circle: members, turns, contributions, rules."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from circles import queries, services
from circles.api.doors import MyCircleView, caller, checked, circle_answer
from circles.api.filters import ContributionFilter
from circles.api.inputs import (
    AcceptCharterInput,
    ContributeInput,
    PayoutOrderInput,
    SwapInput,
)
from circles.api.pagination import NewestKeyFirst
from circles.api.serializers import (
    CharterRead,
    CircleRead,
    ContributionRead,
    CycleRead,
    DissolutionShareRead,
    DrawRead,
    ExposureRead,
    MemberRead,
    MemberSecurityRead,
    MembershipRead,
    ReceiptRead,
    SwapRead,
)
from circles.draw_queries import draw_view
from circles.exposure import member_exposures, turn_exposures
from circles.models import Contribution, Source
from circles.security import member_security
from contri.core.api.idempotent import idempotent_by


class MembersView(MyCircleView):
    """Who is in a circle."""

    @extend_schema(operation_id="circles_members", responses=MemberRead(many=True))
    def get(self, request: Request, circle_id: UUID) -> Response:
        """All members, by turn once turns are written."""
        members = queries.members_of(self.circle(request, circle_id), at=timezone.now())
        return Response(MemberRead(members, many=True).data)


class ApproveMemberView(APIView):
    """Letting somebody in."""

    @extend_schema(operation_id="circles_members_approve", request=None, responses=MembershipRead)
    def post(self, request: Request, circle_id: UUID, membership_id: UUID) -> Response:
        """Let somebody in who asked to join. The host only."""
        membership = services.approve_member(
            actor=caller(request), circle_id=circle_id, membership_id=membership_id, at=timezone.now()
        )
        return Response(MembershipRead(membership).data)


class CyclesView(MyCircleView):
    """A circle's turns."""

    @extend_schema(operation_id="circles_cycles", responses=CycleRead(many=True))
    def get(self, request: Request, circle_id: UUID) -> Response:
        """All cycles in order; none before turns are written."""
        cycles = queries.cycles_of(self.circle(request, circle_id))
        return Response(CycleRead(cycles, many=True).data)


class ContributionsView(MyCircleView, ListAPIView[Contribution]):
    """What everybody owes and has paid."""

    serializer_class = ContributionRead
    pagination_class = NewestKeyFirst
    filterset_class = ContributionFilter

    def get_queryset(self) -> QuerySet[Contribution]:
        """The ones of this circle."""
        if getattr(self, "swagger_fake_view", False):
            return Contribution.objects.none()
        return queries.contributions_of(self.circle(self.request, self.kwargs["circle_id"]))

    @extend_schema(operation_id="circles_contributions")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All contributions, the last cycle's first."""
        return super().get(request, *args, **kwargs)


def _is_by_card(request: Request) -> bool:
    """Whether a provider is asked while the key is held."""
    return isinstance(request.data, dict) and request.data.get("source") == Source.CARD


class ContributeView(APIView):
    """Paying."""

    @extend_schema(operation_id="circles_contribute", request=ContributeInput, responses={201: ReceiptRead})
    @idempotent_by(asks_provider=_is_by_card)
    def post(self, request: Request, circle_id: UUID) -> Response:
        """Pay a contribution or a part of it, early or late, from the wallet or by a kept card.

        By card the contribution is paid once the provider confirms the charge, which most cards do at once.
        """
        values = checked(ContributeInput(data=request.data))
        card_id = values.pop("card_id", None)
        receipt: services.Receipt | services.CardReceipt
        if values.pop("source") == Source.CARD:
            receipt = services.contribute_by_card(
                actor=caller(request), circle_id=circle_id, at=timezone.now(), card_id=card_id, **values
            )
        else:
            receipt = services.contribute(actor=caller(request), circle_id=circle_id, at=timezone.now(), **values)
        return Response(ReceiptRead(receipt).data, status=status.HTTP_201_CREATED)


class CharterView(MyCircleView):
    """The rules."""

    @extend_schema(operation_id="circles_charter", responses=CharterRead)
    def get(self, request: Request, circle_id: UUID) -> Response:
        """The charter in force, with its hash."""
        return Response(CharterRead(queries.charter_of(self.circle(request, circle_id))).data)


class AcceptCharterView(APIView):
    """Saying yes to changed rules."""

    @extend_schema(operation_id="circles_charter_accept", request=AcceptCharterInput, responses=MembershipRead)
    def post(self, request: Request, circle_id: UUID) -> Response:
        """Accept the charter in force, by the version that was read."""
        values = checked(AcceptCharterInput(data=request.data))
        membership = services.accept_charter(actor=caller(request), circle_id=circle_id, at=timezone.now(), **values)
        return Response(MembershipRead(membership).data)


class ExposureView(MyCircleView):
    """What could be lost."""

    @extend_schema(operation_id="circles_exposure", responses=ExposureRead)
    def get(self, request: Request, circle_id: UUID) -> Response:
        """What the others would lose if a member stopped today, and what each turn puts at stake."""
        circle = self.circle(request, circle_id)
        exposed = {"members": member_exposures(circle), "turns": turn_exposures(circle)}
        return Response(ExposureRead(exposed).data)


class SecurityView(MyCircleView):
    """What members have left with a circle."""

    @extend_schema(operation_id="circles_security", responses=MemberSecurityRead(many=True))
    def get(self, request: Request, circle_id: UUID) -> Response:
        """Everybody's deposit and share of the reserve, and what being late has cost them."""
        members = member_security(self.circle(request, circle_id))
        return Response(MemberSecurityRead(members, many=True).data)


class DissolutionView(MyCircleView):
    """How a circle that was dissolved comes out even."""

    @extend_schema(operation_id="circles_dissolution", responses=DissolutionShareRead(many=True))
    def get(self, request: Request, circle_id: UUID) -> Response:
        """Everybody's net position and how much of it is settled; empty while the circle lives."""
        shares = queries.dissolution_of(self.circle(request, circle_id))
        return Response(DissolutionShareRead(shares, many=True).data)


class DrawView(MyCircleView):
    """How the turns were drawn."""

    @extend_schema(operation_id="circles_draw", responses=DrawRead)
    def get(self, request: Request, circle_id: UUID) -> Response:
        """All that is needed to check the draw without trusting us."""
        return Response(DrawRead(draw_view(self.circle(request, circle_id))).data)


class PayoutOrderView(APIView):
    """Turns that the host assigns."""

    @extend_schema(operation_id="circles_payout_order", request=PayoutOrderInput, responses=CircleRead)
    def put(self, request: Request, circle_id: UUID) -> Response:
        """Say whose turn is when, while the circle is forming. A new rule, which everybody accepts again."""
        order = checked(PayoutOrderInput(data=request.data))["order"]
        circle = services.assign_turns(actor=caller(request), circle_id=circle_id, order=order, at=timezone.now())
        return circle_answer(circle, request)


class SwapsView(MyCircleView):
    """Offers to change turns."""

    @extend_schema(operation_id="circles_swaps", responses=SwapRead(many=True))
    def get(self, request: Request, circle_id: UUID) -> Response:
        """All swaps of the circle, the newest first."""
        return Response(SwapRead(queries.swaps_of(self.circle(request, circle_id)), many=True).data)

    @extend_schema(operation_id="circles_swaps_propose", request=SwapInput, responses={201: SwapRead})
    def post(self, request: Request, circle_id: UUID) -> Response:
        """Offer a turn of mine for somebody else's. Not within one cycle of either date."""
        values = checked(SwapInput(data=request.data))
        swap = services.propose_swap(actor=caller(request), circle_id=circle_id, at=timezone.now(), **values)
        return Response(SwapRead(swap).data, status=status.HTTP_201_CREATED)


class AcceptSwapView(APIView):
    """Saying yes to a swap."""

    @extend_schema(operation_id="circles_swaps_accept", request=None, responses=SwapRead)
    def post(self, request: Request, circle_id: UUID, swap_id: UUID) -> Response:
        """Accept a swap that was offered to me: the two turns change places."""
        swap = services.accept_swap(actor=caller(request), circle_id=circle_id, swap_id=swap_id, at=timezone.now())
        return Response(SwapRead(swap).data)
