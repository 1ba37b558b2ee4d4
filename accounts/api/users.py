"""The HTTP door to people themselves."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import queries, services
from accounts.api import serializers as s
from accounts.api.callers import caller
from accounts.api.sign_in import NOTHING
from accounts.exporting import export_of
from accounts.models import IdType, User
from contri.core.api.limits import limited
from contri.core.api.parsers import StrictJSONParser
from contri.core.api.people import PersonRead
from contri.core.api.schema import ProblemRead


class MeView(APIView):
    """My account."""

    parser_classes = [StrictJSONParser, MultiPartParser]

    @extend_schema(operation_id="users_me_retrieve", responses={200: s.MeRead})
    def get(self, request: Request) -> Response:
        """My account, and what I should do next."""
        return Response(s.MeRead(caller(request)).data)

    @extend_schema(operation_id="users_me_update", request=s.ProfileInput, responses={200: s.MeRead})
    def patch(self, request: Request) -> Response:
        """Change names, telephone number or picture. Everything else in the body is ignored."""
        given = s.ProfileInput(data=request.data)
        given.is_valid(raise_exception=True)
        changed = _changed(caller(request), given.validated_data)
        if "avatar" in given.validated_data:
            changed = self._show(request, given.validated_data["avatar"])
        return Response(s.MeRead(changed).data)

    @limited("picture", "30/h", by="user")
    def _show(self, request: Request, upload: Any) -> User:
        if upload is None:
            return services.remove_picture(actor=caller(request))
        return services.set_picture(actor=caller(request), upload=upload.read())

    @extend_schema(operation_id="users_me_close", request=s.CloseAccountInput, responses={202: NOTHING})
    @limited("own-password", "10/m", by="user")
    def delete(self, request: Request) -> Response:
        """Close my account for good and erase me. 409 `account_has_obligations` while money or an unfinished circle
        is mine."""
        given = s.CloseAccountInput(data=request.data)
        given.is_valid(raise_exception=True)
        services.close_account(actor=caller(request), **given.validated_data, at=timezone.now())
        return Response(status=status.HTTP_202_ACCEPTED)


class ExportView(APIView):
    """All of me."""

    @extend_schema(operation_id="users_me_export", responses={200: s.ExportRead})
    @limited("account-export", "10/h", by="user", fail_open=True)
    def get(self, request: Request) -> Response:
        """Everything that Contri keeps on me. Other apps add sections of their own."""
        return Response(export_of(caller(request)))


class LookupView(APIView):
    """Somebody to send money to."""

    @extend_schema(
        operation_id="users_lookup",
        parameters=[
            OpenApiParameter("email", str, description="Exactly this address."),
            OpenApiParameter("phone_number", str, description="Exactly this number, in any common spelling."),
        ],
        responses={
            200: PersonRead,
            400: OpenApiResponse(ProblemRead, description="`validation_error`"),
            404: OpenApiResponse(ProblemRead, description="`user_not_found`"),
        },
    )
    @limited("user-lookup", "20/m", by="user", fail_open=True)
    def get(self, request: Request) -> Response:
        """The one person with exactly this address or number; most of the surname is hidden."""
        given = s.LookupInput(data=request.query_params)
        given.is_valid(raise_exception=True)
        return Response(PersonRead(queries.person_to_pay(**given.validated_data)).data)


class KycView(APIView):
    """Proving who I am."""

    @extend_schema(operation_id="users_me_kyc", request=s.KycInput, responses={202: s.KycRead})
    @limited("kyc", "10/h", by="user")
    def post(self, request: Request) -> Response:
        """Have a BVN or NIN checked. The verdict comes later, as a notice and in `kyc_status`. 409 `identity_in_use`,
        `identity_check_running`, `identity_already_verified`."""
        given = s.KycInput(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = dict(given.validated_data)
        claim = services.Claim(id_type=IdType(wanted.pop("id_type")), **wanted)
        check = services.start_identity_check(actor=caller(request), claim=claim)
        return Response(s.KycRead(check).data, status=status.HTTP_202_ACCEPTED)


def _changed(user: User, wanted: Mapping[str, Any]) -> User:
    changes = {name: value for name, value in wanted.items() if name != "avatar"}
    if "phone_number" in changes:
        changes["phone_number"] = changes["phone_number"] or ""
    return services.update_profile(actor=user, changes=services.ProfileChanges(**changes))
