"""How the list of notices can be narrowed."""

from typing import Any

import django_filters
from django import forms

from notifications.models import Notification, NotificationQuerySet


class StrictBoolean(forms.ChoiceField):
    """ "true" or "false"; Django's own takes anything else for "do not filter"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[("true", "true"), ("false", "false")], **kwargs)


class StrictBooleanFilter(django_filters.Filter):
    """A filter over `StrictBoolean`."""

    field_class = StrictBoolean


class NotificationFilter(django_filters.FilterSet):
    """`?is_read=true` or `false`."""

    is_read = StrictBooleanFilter(method="narrow_by_reading")

    class Meta:
        model = Notification
        fields: list[str] = []

    def narrow_by_reading(self, notices: NotificationQuerySet, name: str, value: str) -> NotificationQuerySet:
        """The read ones, or the unread ones."""
        return notices.exclude(read_at=None) if value == "true" else notices.unread()
