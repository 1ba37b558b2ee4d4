"""What the doors to circles have in common."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from circles import queries
from circles.api.serializers import CircleRead
from circles.models import Circle


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


class MyCircleView(APIView):
    """The base of everything below one circle: it is the caller's, or it is not there."""

    def circle(self, request: Request, circle_id: UUID) -> Circle:
        """The circle, if the caller is in it."""
        return get_object_or_404(queries.circles_for(caller(request)), pk=circle_id)
