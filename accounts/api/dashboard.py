"""The HTTP door to the first screen."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import queries
from accounts.api.callers import caller


class NextPayoutRead(serializers.Serializer[Any]):
    """The pot that is the person's next."""

    circle_id = serializers.UUIDField()
    circle_name = serializers.CharField()
    amount = serializers.CharField()
    date = serializers.DateField()


class NextContributionRead(serializers.Serializer[Any]):
    """What the person owes next."""

    circle_id = serializers.UUIDField()
    circle_name = serializers.CharField()
    amount = serializers.CharField()
    due_at = serializers.DateTimeField()


class DashboardRead(serializers.Serializer[Any]):
    """The first screen. Each app fills its part; amounts are naira strings."""

    total_saved = serializers.CharField()
    wallet_balance = serializers.CharField()
    currency = serializers.CharField()
    active_circles = serializers.IntegerField()
    next_payout = NextPayoutRead(allow_null=True)
    next_contribution = NextContributionRead(allow_null=True)


class DashboardView(APIView):
    """My first screen."""

    @extend_schema(operation_id="users_dashboard", responses={200: DashboardRead})
    def get(self, request: Request) -> Response:
        """What I saved, what I have, what comes next."""
        return Response(dict(queries.dashboard_of(caller(request))))
