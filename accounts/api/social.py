"""The HTTP door to signing in with Google or Apple."""

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import queries, services
from accounts.api import serializers as s
from accounts.api.callers import caller, device_of
from accounts.api.sign_in import NOTHING
from accounts.models import SocialProvider
from contri.core.api.limits import limited
from contri.core.api.schema import PROBLEM

PROVIDER = OpenApiParameter("provider", str, OpenApiParameter.PATH, enum=SocialProvider.values)


class SocialListView(APIView):
    """My linked accounts."""

    @extend_schema(operation_id="auth_social_list", responses={200: s.SocialIdentityRead(many=True)})
    def get(self, request: Request) -> Response:
        """The Google and Apple accounts that sign me in."""
        linked = queries.social_accounts_of(caller(request))
        return Response(s.SocialIdentityRead(linked, many=True).data)


class SocialView(APIView):
    """One provider: anybody may sign in with it; whoever is signed in links or unlinks an account of theirs."""

    def get_authenticators(self) -> list[BaseAuthentication]:
        """An old access token that comes along must not keep anybody from signing in."""
        return [] if _is_sign_in(self.request) else super().get_authenticators()

    def get_permissions(self) -> list[BasePermission]:
        """Signing in needs no token."""
        return [AllowAny()] if _is_sign_in(self.request) else [IsAuthenticated()]

    @extend_schema(
        operation_id="auth_social",
        auth=[],
        parameters=[PROVIDER],
        request=s.SocialSignInInput,
        responses={200: s.SocialSignedInRead, 201: s.SocialSignedInRead, 401: PROBLEM},
    )
    @limited("social", "120/m", by="address")
    def post(self, request: Request, provider: str) -> Response:
        """Sign in with an ID token; 201 when that opened an account. 401 `invalid_id_token`, 409
        `social_link_refused` when the address has an account that may be somebody else's."""
        given = s.SocialSignInInput(data=request.data)
        given.is_valid(raise_exception=True)
        token = services.SocialToken(provider=_named(provider), **given.validated_data)
        came_in = services.sign_in_with(token=token, device=device_of(request), at=timezone.now())
        answer = {
            "user": came_in.user,
            "access": came_in.tokens.access,
            "refresh": came_in.tokens.refresh,
            "created": came_in.created,
        }
        code = status.HTTP_201_CREATED if came_in.created else status.HTTP_200_OK
        return Response(s.SocialSignedInRead(answer).data, status=code)

    @extend_schema(
        operation_id="auth_social_link",
        parameters=[PROVIDER],
        request=s.SocialLinkInput,
        responses={200: s.SocialIdentityRead, 401: PROBLEM, 403: PROBLEM},
    )
    @limited("own-password", "10/m", by="user")
    def put(self, request: Request, provider: str) -> Response:
        """Link an account of mine, as often as one likes. 401 `invalid_id_token`, 403 `invalid_credentials`, 409
        `social_account_taken` when it signs somebody else in, 409 `social_account_linked` when another one is mine."""
        given = s.SocialLinkInput(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = dict(given.validated_data)
        password = wanted.pop("password", "")
        token = services.SocialToken(provider=_named(provider), **wanted)
        linked = services.link_social_identity(actor=caller(request), token=token, password=password)
        return Response(s.SocialIdentityRead(linked).data)

    @extend_schema(operation_id="auth_social_unlink", parameters=[PROVIDER], responses={204: NOTHING})
    def delete(self, request: Request, provider: str) -> Response:
        """Unlink the account. 409 `last_sign_in_method` when there is no other way in."""
        services.unlink_social_identity(actor=caller(request), provider=_named(provider))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _is_sign_in(request: Request | None) -> bool:
    return request is not None and request.method == "POST"


def _named(provider: str) -> SocialProvider:
    if provider not in SocialProvider.values:
        raise Http404
    return SocialProvider(provider)
