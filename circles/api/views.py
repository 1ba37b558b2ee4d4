"""The HTTP door to circles and their lives: each method calls one verb and answers."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from circles import queries, services
from circles.api.doors import MyCircleView, caller, checked, circle_answer
from circles.api.filters import CircleFilter
from circles.api.inputs import (
    CircleInput,
    CircleUpdate,
    JoinInput,
    ReasonInput,
    RehearsalInput,
    RenewalInput,
    RenewInviteInput,
)
from circles.api.rehearsal_serializers import RehearsalRead
from circles.api.serializers import (
    CircleRead,
    InviteRead,
    JoinRead,
    MembershipRead,
)
from circles.models import Circle
from circles.rehearsal import rehearse, scenario_of
from contri.core.api.limits import limited
from contri.core.api.schema import PROBLEM

# Joining and looking share one count: trying codes must not be cheaper by one door than by the other.
INVITES = "circles.invites"
INVITE_RATE = "40/5m"


class CirclesView(GenericAPIView[Any]):
    """My circles."""

    # For the schema; who asks decides which.
    queryset = Circle.objects.none()

    serializer_class = CircleRead
    filterset_class = CircleFilter

    def get_queryset(self) -> QuerySet[Circle]:
        """The ones the caller is in."""
        return queries.circles_for(caller(self.request))

    @extend_schema(operation_id="circles_list", responses=CircleRead(many=True))
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

    @extend_schema(operation_id="circles_join", request=JoinInput, responses={201: JoinRead, 404: PROBLEM})
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
        """Play a circle's whole life without money: dates, pots, fees, and what is lost when members stop paying."""
        values = checked(RehearsalInput(data=request.data))
        return Response(RehearsalRead(rehearse(scenario_of(values))).data)


class InviteView(APIView):
    """What an invite code leads to."""

    @extend_schema(operation_id="circles_invite", responses=InviteRead)
    @limited(INVITES, INVITE_RATE, by="user")
    def get(self, request: Request, code: str) -> Response:
        """What to know before joining: the rules with their hash, seats left, the host's record, warnings."""
        circle = services.circle_behind(code, at=timezone.now())
        return Response(InviteRead(queries.invite_view(circle, caller(request), at=timezone.now())).data)


class RenewInviteView(APIView):
    """Replacing an invite that has got into the wrong hands."""

    @extend_schema(operation_id="circles_invite_renew", request=RenewInviteInput, responses=CircleRead)
    def post(self, request: Request, circle_id: UUID) -> Response:
        """A fresh code; the old one opens nothing any more. The host only, while the circle is forming."""
        values = checked(RenewInviteInput(data=request.data))
        circle = services.renew_invite(actor=caller(request), circle_id=circle_id, at=timezone.now(), **values)
        return circle_answer(circle, request)


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


class RenewView(APIView):
    """Going on after the last turn."""

    @extend_schema(operation_id="circles_renew", request=RenewalInput, responses={201: CircleRead})
    def post(self, request: Request, circle_id: UUID) -> Response:
        """Found the next round of a completed circle: its rules, but for what is sent. The host only, and once.

        Everybody who was in it to the end is invited, and joins like everybody else: by accepting the charter.
        """
        changes = checked(RenewalInput(data=request.data))
        name = changes.pop("name", None)
        circle = services.renew_circle(
            actor=caller(request), circle_id=circle_id, changes=changes, name=name, at=timezone.now()
        )
        return circle_answer(circle, request, code=status.HTTP_201_CREATED)


class LeaveView(APIView):
    """Leaving a circle."""

    @extend_schema(operation_id="circles_leave", request=None, responses=MembershipRead)
    def post(self, request: Request, circle_id: UUID) -> Response:
        """Leave a circle that is still forming."""
        membership = services.leave_circle(actor=caller(request), circle_id=circle_id, at=timezone.now())
        return Response(MembershipRead(membership).data)
