"""How other people appear inside things: never more than a name to recognise them by."""

from typing import Any

from rest_framework import serializers


class PersonRead(serializers.Serializer[Any]):
    """A host, recipient, member, sender or counterparty. `id` is the user's."""

    id = serializers.UUIDField()
    display_name = serializers.CharField()
    avatar_url = serializers.CharField(allow_null=True)
