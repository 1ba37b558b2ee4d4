"""What lists can be narrowed to."""

import django_filters

from circles.models import Circle, CircleStatus, Contribution, ContributionStatus

LARGEST_CYCLE_NUMBER = 32_767


class CircleFilter(django_filters.FilterSet):  # type: ignore[misc]
    """`?status=`."""

    status = django_filters.ChoiceFilter(choices=CircleStatus.choices)

    class Meta:
        model = Circle
        fields = ("status",)


class ContributionFilter(django_filters.FilterSet):  # type: ignore[misc]
    """`?status=`, `?cycle_number=`, `?member=` (a user's id)."""

    status = django_filters.ChoiceFilter(choices=ContributionStatus.choices)
    cycle_number = django_filters.NumberFilter(field_name="cycle__number", min_value=1, max_value=LARGEST_CYCLE_NUMBER)
    member = django_filters.UUIDFilter(field_name="membership__user_id")

    class Meta:
        model = Contribution
        fields = ("status", "cycle_number", "member")
