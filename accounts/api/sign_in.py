"""The HTTP door to signing up, in and out."""

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import queries, services
from accounts.api import serializers as s
from accounts.api.callers import caller, current_session, device_of
from accounts.models import User
from accounts.tokens import TokenPair
from contri.core.api.limits import limited
from contri.core.api.schema import PROBLEM

NOTHING = OpenApiResponse(description="Done; no body.")


class AnonymousView(APIView):
    """A route for people who are not signed in; a bearer token is not even looked at."""

    authentication_classes = []
    permission_classes = [AllowAny]

    def get_authenticate_header(self, request: Request) -> str:
        """The challenge beside a 401, although nothing is authenticated here."""
        return "Bearer"


class SignUpView(AnonymousView):
    """New accounts."""

    @extend_schema(
        operation_id="auth_signup", auth=[], request=s.SignUpInput, responses={201: s.SignedInRead, 400: PROBLEM}
    )
    @limited("signup", "120/m", by="address")
    def post(self, request: Request) -> Response:
        """Open an account and sign in. A mail with a verification key goes out. `email_taken` is the one 400 beside
        `validation_error`."""
        given = s.SignUpInput(data=request.data)
        given.is_valid(raise_exception=True)
        person = services.NewPerson(**given.validated_data)
        user, tokens = services.sign_up(person=person, device=device_of(request), at=timezone.now())
        return _signed_in(user, tokens, status.HTTP_201_CREATED)


class LogInView(AnonymousView):
    """Signing in."""

    @extend_schema(
        operation_id="auth_login",
        auth=[],
        request=s.LogInInput,
        responses={200: s.SignedInRead, 401: PROBLEM, 403: PROBLEM},
    )
    @limited("login-address", "28/m", by="address")
    @limited("login-email", "10/m", by="body:email")
    def post(self, request: Request) -> Response:
        """Sign in with address and password: 401 `invalid_credentials`, 403 `account_disabled`."""
        given = s.LogInInput(data=request.data)
        given.is_valid(raise_exception=True)
        user, tokens = services.log_in(**given.validated_data, device=device_of(request), at=timezone.now())
        return _signed_in(user, tokens, status.HTTP_200_OK)


class RefreshView(AnonymousView):
    """The next pair of tokens. Nobody guesses one, so this goes on while Redis is away."""

    @extend_schema(
        operation_id="auth_refresh", auth=[], request=s.RefreshInput, responses={200: s.TokenPairRead, 401: PROBLEM}
    )
    @limited("refresh", "600/m", by="address", fail_open=True)
    def post(self, request: Request) -> Response:
        """Trade a refresh token in, once. A used one ends the whole session: 401 `token_reused`. Within ten seconds
        the same device gets the same pair again."""
        given = s.RefreshInput(data=request.data)
        given.is_valid(raise_exception=True)
        tokens = services.refresh_session(**given.validated_data, device=device_of(request), at=timezone.now())
        return Response(s.TokenPairRead(tokens).data)


class LogOutView(AnonymousView):
    """Signing out."""

    @extend_schema(operation_id="auth_logout", auth=[], request=s.RefreshInput, responses={204: NOTHING, 401: PROBLEM})
    @limited("logout", "120/m", by="address", fail_open=True)
    def post(self, request: Request) -> Response:
        """End the session of a refresh token; its access token stops working at once."""
        given = s.RefreshInput(data=request.data)
        given.is_valid(raise_exception=True)
        services.log_out(**given.validated_data, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class SessionListView(APIView):
    """My devices."""

    @extend_schema(operation_id="auth_sessions_list", responses={200: s.SessionRead(many=True)})
    def get(self, request: Request) -> Response:
        """The devices that are signed in, most recently used first."""
        sessions = queries.open_sessions_of(caller(request))
        context = {"current_id": current_session(request).pk}
        return Response(s.SessionRead(sessions, many=True, context=context).data)


class SessionView(APIView):
    """One of my devices."""

    @extend_schema(operation_id="auth_sessions_end", responses={204: NOTHING})
    def delete(self, request: Request, session_id: UUID) -> Response:
        """Sign a device out."""
        services.end_session(actor=caller(request), session_id=session_id, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


def _signed_in(user: User, tokens: TokenPair, code: int) -> Response:
    answer = {"user": user, "access": tokens.access, "refresh": tokens.refresh}
    return Response(s.SignedInRead(answer).data, status=code)
