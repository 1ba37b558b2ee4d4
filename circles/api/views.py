"""The HTTP door to circles: each method fetches what the caller may see, calls one verb and answers."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from circles import queries, services
from circles.api.filters import CircleFilter, ContributionFilter
from circles.api.inputs import (
    AcceptCharterInput,
    CircleInput,
    CircleUpdate,
    ContributeInput,
    JoinInput,
    PayoutOrderInput,
    ReasonInput,
    RehearsalInput,
)
from circles.api.pagination import NewestKeyFirst
from circles.api.serializers import (
    CharterRead,
    CircleRead,
    ContributionRead,
    CycleRead,
    DrawRead,
    InviteRead,
    JoinRead,
    MemberRead,
    MembershipRead,
    ReceiptRead,
    RehearsalRead,
)
from circles.models import Circle, Contribution
from contri.core.api.idempotent import idempotent
from contri.core.api.limits import limited

# Joining and looking share one count: trying codes must not be cheaper by one door than by the other.
INVITES = "circles.invites"
INVITE_RATE = "40/5m"


def caller(request: Request) -> User:
    """Whoever sent this request; the routes here admit nobody else."""
    if not isinstance(request.user, User):
        raise TypeError("this route needs a signed-in user")
    return request.user


def checked(serializer: Any) -> dict[str, Any]:
    """The valid values of an input."""
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = serializer.validated_data
    return values


def circle_answer(circle: Circle, request: Request, *, code: int = status.HTTP_200_OK) -> Response:
    """The circle as the caller sees it."""
    view = queries.view_of(circle, caller(request), at=timezone.now())
    return Response(CircleRead(view).data, status=code)


class CirclesView(GenericAPIView[Any]):
    """My circles."""

    serializer_class = CircleRead
    filterset_class = CircleFilter

    def get_queryset(self) -> QuerySet[Circle]:
        """The ones the caller is in."""
        return queries.circles_for(caller(self.request))

    @extend_schema(operation_id="circles_list")
    def get(self, request: Request) -> Response:
        """The circles that I am in, newest first."""
        page: list[Circle] = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        views = queries.views_of(page, caller(request), at=timezone.now())
        return self.get_paginated_response(CircleRead(views, many=True).data)

    @extend_schema(operation_id="circles_create", request=CircleInput, responses={201: CircleRead})
    def post(self, request: Request) -> Response:
        """Found a circle. Whoever does is its host and first member."""
        values = checked(CircleInput(data=request.data))
        name = values.pop("name")
        circle = services.create_circle(
            actor=caller(request), name=name, rules=services.Rules(**values), at=timezone.now()
        )
        return circle_answer(circle, request, code=status.HTTP_201_CREATED)


class MyCircleView(APIView):
    """The base of everything below one circle: it is the caller's, or it is not there."""

    def circle(self, request: Request, circle_id: UUID) -> Circle:
        """The circle, if the caller is in it."""
        return get_object_or_404(queries.circles_for(caller(request)), pk=circle_id)


class CircleDetailView(MyCircleView):
    """One of my circles."""

    @extend_schema(operation_id="circles_read", responses=CircleRead)
    def get(self, request: Request, circle_id: UUID) -> Response:
        """The circle as I see it."""
        return circle_answer(self.circle(request, circle_id), request)

    @extend_schema(operation_id="circles_change", request=CircleUpdate, responses=CircleRead)
    def patch(self, request: Request, circle_id: UUID) -> Response:
        """Rename it or change its rules: the host, while it is forming. A changed rule is a new charter."""
        changes = checked(CircleUpdate(data=request.data))
        circle = services.change_circle(actor=caller(request), circle_id=circle_id, changes=changes, at=timezone.now())
        return circle_answer(circle, request)


class JoinView(APIView):
    """Joining by code."""

    @extend_schema(operation_id="circles_join", request=JoinInput, responses={201: JoinRead})
    @limited(INVITES, INVITE_RATE, by="user")
    def post(self, request: Request) -> Response:
        """Join a circle by its invite code. Joining accepts its charter."""
        values = checked(JoinInput(data=request.data))
        membership = services.join_circle(actor=caller(request), at=timezone.now(), **values)
        view = queries.view_of(membership.circle, caller(request), at=timezone.now())
        return Response(JoinRead({"circle": view, "membership": membership}).data, status=status.HTTP_201_CREATED)


class RehearseView(APIView):
    """A circle's life, played through."""

    @extend_schema(operation_id="circles_rehearse", request=RehearsalInput, responses=RehearsalRead)
    def post(self, request: Request) -> Response:
        """Play a circle's whole life without money: dates, pots, and what is lost when members stop paying."""
        values = checked(RehearsalInput(data=request.data))
        return Response(RehearsalRead(queries.rehearsal_of(values)).data)


class InviteView(APIView):
    """What an invite code leads to."""

    @extend_schema(operation_id="circles_invite", responses=InviteRead)
    @limited(INVITES, INVITE_RATE, by="user")
    def get(self, request: Request, code: str) -> Response:
        """What to know before joining: the rules with their hash, seats left, the host's record, warnings."""
        circle = services.circle_behind(code)
        return Response(InviteRead(queries.invite_view(circle, caller(request), at=timezone.now())).data)


class StartView(APIView):
    """Locking a circle."""

    @extend_schema(operation_id="circles_start", request=None, responses=CircleRead)
    def post(self, request: Request, circle_id: UUID) -> Response:
        """Lock a full circle: turns and dates are written and stand from here on. The host only."""
        return circle_answer(
            services.start_circle(actor=caller(request), circle_id=circle_id, at=timezone.now()), request
        )


class CancelView(APIView):
    """Calling a circle off."""

    @extend_schema(operation_id="circles_cancel", request=ReasonInput, responses=CircleRead)
    def post(self, request: Request, circle_id: UUID) -> Response:
        """Call a circle off before it begins; whatever was paid goes back. The host only."""
        reason = checked(ReasonInput(data=request.data))["reason"]
        circle = services.cancel_circle(actor=caller(request), circle_id=circle_id, at=timezone.now(), reason=reason)
        return circle_answer(circle, request)


class PauseView(APIView):
    """Stopping the clocks."""

    @extend_schema(operation_id="circles_pause", request=ReasonInput, responses=CircleRead)
    def post(self, request: Request, circle_id: UUID) -> Response:
        """Pause a running circle: nothing falls due until it goes on. The host only."""
        reason = checked(ReasonInput(data=request.data))["reason"]
        circle = services.pause_circle(actor=caller(request), circle_id=circle_id, reason=reason, at=timezone.now())
        return circle_answer(circle, request)


class ResumeView(APIView):
    """Setting the clocks going again."""

    @extend_schema(operation_id="circles_resume", request=ReasonInput, responses=CircleRead)
    def post(self, request: Request, circle_id: UUID) -> Response:
        """Go on: what was to come comes later by the whole days that the pause took. The host only."""
        reason = checked(ReasonInput(data=request.data))["reason"]
        circle = services.resume_circle(actor=caller(request), circle_id=circle_id, reason=reason, at=timezone.now())
        return circle_answer(circle, request)


class LeaveView(APIView):
    """Leaving a circle."""

    @extend_schema(operation_id="circles_leave", request=None, responses=MembershipRead)
    def post(self, request: Request, circle_id: UUID) -> Response:
        """Leave a circle that is still forming."""
        membership = services.leave_circle(actor=caller(request), circle_id=circle_id, at=timezone.now())
        return Response(MembershipRead(membership).data)


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


class RemoveMemberView(APIView):
    """Taking somebody out."""

    @extend_schema(operation_id="circles_members_remove", request=ReasonInput, responses=MembershipRead)
    def post(self, request: Request, circle_id: UUID, membership_id: UUID) -> Response:
        """Turn somebody away or take them out while the circle is forming. The host only."""
        reason = checked(ReasonInput(data=request.data))["reason"]
        membership = services.remove_member(
            actor=caller(request), circle_id=circle_id, membership_id=membership_id, reason=reason, at=timezone.now()
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


class ContributeView(APIView):
    """Paying."""

    @extend_schema(operation_id="circles_contribute", request=ContributeInput, responses={201: ReceiptRead})
    @idempotent
    def post(self, request: Request, circle_id: UUID) -> Response:
        """Pay a contribution or a part of it, early or late, from the wallet."""
        values = checked(ContributeInput(data=request.data))
        values.pop("source")
        receipt = services.contribute(actor=caller(request), circle_id=circle_id, at=timezone.now(), **values)
        return Response(ReceiptRead(receipt).data, status=status.HTTP_201_CREATED)


class CharterView(MyCircleView):
    """The rules."""

    @extend_schema(operation_id="circles_charter", responses=CharterRead)
    def get(self, request: Request, circle_id: UUID) -> Response:
        """The charter in force, with its hash."""
        return Response(CharterRead(queries.charter_of(self.circle(request, circle_id))).data)


class DrawView(MyCircleView):
    """How the turns were drawn."""

    @extend_schema(operation_id="circles_draw", responses=DrawRead)
    def get(self, request: Request, circle_id: UUID) -> Response:
        """All that is needed to check the draw without trusting us."""
        return Response(DrawRead(queries.draw_view(self.circle(request, circle_id))).data)


class PayoutOrderView(APIView):
    """Turns that the host assigns."""

    @extend_schema(operation_id="circles_payout_order", request=PayoutOrderInput, responses=CircleRead)
    def put(self, request: Request, circle_id: UUID) -> Response:
        """Say whose turn is when, while the circle is forming. A new rule, which everybody accepts again."""
        order = checked(PayoutOrderInput(data=request.data))["order"]
        circle = services.assign_turns(actor=caller(request), circle_id=circle_id, order=order, at=timezone.now())
        return circle_answer(circle, request)


class AcceptCharterView(APIView):
    """Saying yes to changed rules."""

    @extend_schema(operation_id="circles_charter_accept", request=AcceptCharterInput, responses=MembershipRead)
    def post(self, request: Request, circle_id: UUID) -> Response:
        """Accept the charter in force, by the version that was read."""
        values = checked(AcceptCharterInput(data=request.data))
        membership = services.accept_charter(actor=caller(request), circle_id=circle_id, at=timezone.now(), **values)
        return Response(MembershipRead(membership).data)
