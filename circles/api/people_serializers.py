"""What votes, roles and nominees look like over HTTP."""

from typing import Any

from rest_framework import serializers

from circles.api.serializers import CircleRead, MembershipRead
from circles.models import NO, YES, VoteStatus, VoteSubject
from contri.core.api.people import PersonRead

# What any member can ask for; removing somebody and a new host have calls of their own.
ASKED_BY_MEMBERS = (VoteSubject.PAUSE, VoteSubject.RESUME, VoteSubject.SHRINK, VoteSubject.DISSOLUTION)


class VoteInput(serializers.Serializer[Any]):
    """A question to the members."""

    subject = serializers.ChoiceField([subject.value for subject in ASKED_BY_MEMBERS])
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class BallotInput(serializers.Serializer[Any]):
    """One of the vote's choices: "yes" or "no", or the id of a membership."""

    choice = serializers.RegexField(rf"\A({YES}|{NO}|[0-9a-f-]{{36}})\Z")


class MemberInput(serializers.Serializer[Any]):
    """A member, by the id of their membership."""

    membership_id = serializers.UUIDField()


class NomineeInput(serializers.Serializer[Any]):
    """Who is to receive what is mine when I have died."""

    full_name = serializers.CharField(max_length=120)
    relationship = serializers.CharField(max_length=60)
    email = serializers.EmailField(max_length=254, help_text="Their Contri account is found by it; they need none yet.")


class NomineeRead(NomineeInput):
    """Whom I have named."""


class OptionRead(serializers.Serializer[Any]):
    """One choice. `person` where members are to choose from; `ballots` once it is decided."""

    choice = serializers.CharField()
    person = PersonRead(allow_null=True)
    ballots = serializers.IntegerField(allow_null=True)


class VoteRead(serializers.Serializer[Any]):
    """A vote as I see it. Ballots are secret; how many each choice had is shown once it is decided."""

    id = serializers.UUIDField(source="vote.id")
    number = serializers.IntegerField(source="vote.number")
    subject = serializers.ChoiceField(VoteSubject.choices, source="vote.subject")
    about = PersonRead(source="vote.about.user", allow_null=True, default=None)
    reason = serializers.CharField(source="vote.reason")
    status = serializers.ChoiceField(VoteStatus.choices)
    outcome = serializers.CharField(source="vote.outcome", help_text="The choice that was carried, else empty.")
    options = OptionRead(many=True)
    needed = serializers.IntegerField(source="vote.needed", help_text="Ballots that a choice needs.")
    voters = serializers.IntegerField()
    ballots_cast = serializers.IntegerField()
    my_choice = serializers.CharField(allow_null=True, help_text="Empty until I vote; null where I have no say.")
    opened_by = PersonRead(source="vote.opened_by.user")
    opened_at = serializers.DateTimeField(source="vote.opened_at")
    closes_at = serializers.DateTimeField(source="vote.closes_at")
    decided_at = serializers.DateTimeField(source="vote.decided_at", allow_null=True)


class RemovalRead(MembershipRead):
    """The member, and the vote that decides whether they go, where turns are written."""

    vote = VoteRead(allow_null=True)


class SuccessionRead(serializers.Serializer[Any]):
    """The circle, and the vote on its host where there was no co-host to take over."""

    circle = CircleRead()
    vote = VoteRead(allow_null=True)
