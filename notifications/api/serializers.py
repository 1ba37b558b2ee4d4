"""What the API says and takes."""

from typing import Any

from django.core.validators import RegexValidator
from rest_framework import serializers

from notifications.models import Device, Notification, Platform

MOST_IDS_AT_ONCE = 500
MOST_WISHES_AT_ONCE = 500
LONGEST_TOKEN = 2048


class NotificationRead(serializers.ModelSerializer[Notification]):
    """One notice."""

    is_read = serializers.BooleanField(read_only=True)

    class Meta:
        model = Notification
        fields = ["id", "title", "body", "type", "is_read", "action_url", "priority", "created_at"]
        read_only_fields = fields


class MarkReadInput(serializers.Serializer[Any]):
    """Either some notices or all of them."""

    ids = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=MOST_IDS_AT_ONCE)
    all = serializers.BooleanField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one of the two."""
        if attrs.get("all", False) == ("ids" in attrs):
            raise serializers.ValidationError('Send either "ids" or "all": true.')
        return attrs


class MarkReadAnswer(serializers.Serializer[Any]):
    """What marking changed."""

    updated = serializers.IntegerField()
    unread_count = serializers.IntegerField()


class DeviceInput(serializers.Serializer[Any]):
    """A device that wants pushes."""

    token = serializers.CharField(
        max_length=LONGEST_TOKEN,
        validators=[RegexValidator(r"\A[!-~]+\Z", "A token is visible ASCII characters only.")],
    )
    platform = serializers.ChoiceField(choices=Platform.choices)


class DeviceRead(serializers.ModelSerializer[Device]):
    """A device of the caller's."""

    class Meta:
        model = Device
        fields = ["token", "platform", "created_at", "last_seen_at"]
        read_only_fields = fields


def _not_too_many(wishes: dict[str, bool]) -> None:
    if len(wishes) > MOST_WISHES_AT_ONCE:
        raise serializers.ValidationError(f"At most {MOST_WISHES_AT_ONCE} at once.")


class PreferencesInput(serializers.Serializer[Any]):
    """What to switch on (true) and off (false); what is not named stays as it is."""

    push = serializers.DictField(child=serializers.BooleanField(), required=False, validators=[_not_too_many])
    email = serializers.DictField(child=serializers.BooleanField(), required=False, validators=[_not_too_many])


class PreferencesRead(serializers.Serializer[Any]):
    """Each channel's kinds of notice, and the kinds that always get through."""

    push = serializers.DictField(child=serializers.BooleanField())
    email = serializers.DictField(child=serializers.BooleanField())
    always_on = serializers.ListField(child=serializers.CharField())
