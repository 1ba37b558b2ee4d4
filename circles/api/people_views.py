"""The HTTP door to what members decide about themselves: votes, who leads, who goes, who inherits."""

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from circles import queries, services
from circles.api.doors import MyCircleView, caller, checked, circle_answer
from circles.api.inputs import ReasonInput
from circles.api.people_serializers import (
    BallotInput,
    MemberInput,
    NomineeInput,
    NomineeRead,
    RemovalRead,
    SuccessionRead,
    VoteInput,
    VoteRead,
)
from circles.api.serializers import CircleRead, MembershipRead
from circles.models import Vote, VoteSubject
from circles.vote_queries import VoteView, view_of_vote, votes_of
from contri.core.api.schema import PROBLEM


class VotesView(MyCircleView):
    """What a circle decides together."""

    @extend_schema(operation_id="circles_votes", responses=VoteRead(many=True))
    def get(self, request: Request, circle_id: UUID) -> Response:
        """All votes, the newest first."""
        votes = votes_of(self.circle(request, circle_id), caller(request), at=timezone.now())
        return Response(VoteRead(votes, many=True).data)

    @extend_schema(operation_id="circles_votes_open", request=VoteInput, responses={201: VoteRead})
    def post(self, request: Request, circle_id: UUID) -> Response:
        """Ask the members to decide something; asking is a yes. They have three days."""
        values = checked(VoteInput(data=request.data))
        subject = VoteSubject(values["subject"])
        vote = services.open_vote(
            actor=caller(request), circle_id=circle_id, subject=subject, reason=values["reason"], at=timezone.now()
        )
        return Response(VoteRead(_seen(vote, request)).data, status=status.HTTP_201_CREATED)


class BallotView(APIView):
    """One's say in a vote."""

    @extend_schema(operation_id="circles_votes_cast", request=BallotInput, responses=VoteRead)
    def post(self, request: Request, circle_id: UUID, vote_id: UUID) -> Response:
        """Cast my one ballot. The one that decides also does what was decided."""
        choice = checked(BallotInput(data=request.data))["choice"]
        vote = services.cast_ballot(
            actor=caller(request), circle_id=circle_id, vote_id=vote_id, choice=choice, at=timezone.now()
        )
        return Response(VoteRead(_seen(vote, request)).data)


class RemoveMemberView(APIView):
    """Taking somebody out."""

    @extend_schema(operation_id="circles_members_remove", request=ReasonInput, responses=RemovalRead)
    def post(self, request: Request, circle_id: UUID, membership_id: UUID) -> Response:
        """Take somebody out of a circle that forms; once turns are written, let the members vote on it.

        The host only; a co-host may turn away who waits to be let in.
        """
        reason = checked(ReasonInput(data=request.data))["reason"]
        removal = services.remove_member(
            actor=caller(request), circle_id=circle_id, membership_id=membership_id, reason=reason, at=timezone.now()
        )
        vote = VoteRead(_seen(removal.vote, request)).data if removal.vote else None
        return Response({**MembershipRead(removal.membership).data, "vote": vote})


class CohostView(APIView):
    """Who stands beside the host."""

    @extend_schema(operation_id="circles_cohost", request=MemberInput, responses=CircleRead)
    def put(self, request: Request, circle_id: UUID) -> Response:
        """Appoint a member as co-host, instead of whoever was. The host only."""
        chosen = checked(MemberInput(data=request.data))["membership_id"]
        circle = services.appoint_cohost(
            actor=caller(request), circle_id=circle_id, membership_id=chosen, at=timezone.now()
        )
        return circle_answer(circle, request)

    @extend_schema(operation_id="circles_cohost_dismiss", responses={200: CircleRead})
    def delete(self, request: Request, circle_id: UUID) -> Response:
        """Go without a co-host. The host only."""
        circle = services.appoint_cohost(
            actor=caller(request), circle_id=circle_id, membership_id=None, at=timezone.now()
        )
        return circle_answer(circle, request)


class HandOverView(APIView):
    """Handing a circle over."""

    @extend_schema(operation_id="circles_hand_over", request=MemberInput, responses=CircleRead)
    def post(self, request: Request, circle_id: UUID) -> Response:
        """Make another member the host. The host only, who stays as a member."""
        chosen = checked(MemberInput(data=request.data))["membership_id"]
        circle = services.hand_over_circle(
            actor=caller(request), circle_id=circle_id, membership_id=chosen, at=timezone.now()
        )
        return circle_answer(circle, request)


class SuccessionView(APIView):
    """The host is gone."""

    @extend_schema(operation_id="circles_succession", request=None, responses=SuccessionRead)
    def post(self, request: Request, circle_id: UUID) -> Response:
        """Say that the host has been silent for two weeks: the co-host takes over, else the members vote."""
        succession = services.replace_host(actor=caller(request), circle_id=circle_id, at=timezone.now())
        view = queries.view_of(succession.circle, caller(request), at=timezone.now())
        vote = _seen(succession.vote, request) if succession.vote else None
        return Response(SuccessionRead({"circle": view, "vote": vote}).data)


class NomineeView(APIView):
    """Who inherits."""

    @extend_schema(operation_id="circles_nominee", responses={200: NomineeRead, 404: PROBLEM})
    def get(self, request: Request) -> Response:
        """Whom I have named."""
        return Response(NomineeRead(services.nominee_of(caller(request))).data)

    @extend_schema(operation_id="circles_nominee_name", request=NomineeInput, responses=NomineeRead)
    def put(self, request: Request) -> Response:
        """Name who is to receive what is mine in circles when I have died."""
        values = checked(NomineeInput(data=request.data))
        nominee = services.name_nominee(actor=caller(request), at=timezone.now(), **values)
        return Response(NomineeRead(nominee).data)

    @extend_schema(operation_id="circles_nominee_withdraw", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Name nobody any more."""
        services.withdraw_nominee(actor=caller(request), at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


def _seen(vote: Vote, request: Request) -> VoteView:
    return view_of_vote(vote, caller(request), at=timezone.now())
