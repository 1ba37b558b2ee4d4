"""The HTTP door to addresses, passwords and PINs."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import services
from accounts.api import serializers as s
from accounts.api.callers import caller, current_session
from accounts.api.sign_in import NOTHING, AnonymousView
from accounts.models import PinPurpose, User
from contri.core.api.limits import limited
from contri.core.errors import FieldFault, ValidationFaultsError

ACCEPTED = OpenApiResponse(description="Whether a mail goes out is not told.")


class EmailVerifyView(AnonymousView):
    """Showing that an address is mine."""

    @extend_schema(operation_id="auth_email_verify", auth=[], request=s.KeyInput, responses={200: s.AddressRead})
    @limited("email-verify", "120/m", by="address")
    def post(self, request: Request) -> Response:
        """Verify an address with the key from the mail, as often as one likes. 400 `verification_key_invalid`."""
        given = s.KeyInput(data=request.data)
        given.is_valid(raise_exception=True)
        user = services.verify_email(**given.validated_data, at=timezone.now())
        return Response(s.AddressRead(user).data)


class EmailResendView(APIView):
    """Another mail with a key: for whoever is signed in, or for the address that is named."""

    permission_classes = [AllowAny]

    @extend_schema(operation_id="auth_email_resend", request=s.ResendInput, responses={202: ACCEPTED})
    @limited("email-resend-address", "30/m", by="address")
    def post(self, request: Request) -> Response:
        """Mail another key to an address that waits for one: the caller's own, or `email`. Always 202."""
        given = s.ResendInput(data=request.data)
        given.is_valid(raise_exception=True)
        if email := given.validated_data.get("email"):
            self._mail_named(request, email)
        elif isinstance(request.user, User):
            self._mail_caller(request, request.user.email)
        else:
            raise ValidationFaultsError(FieldFault("email", "required", "Say which address, or sign in."))
        return Response(status=status.HTTP_202_ACCEPTED)

    @limited("email-resend", "5/h", by="body:email")
    def _mail_named(self, request: Request, email: str) -> None:
        services.resend_verification(email=email)

    @limited("email-resend-own", "5/h", by="user")
    def _mail_caller(self, request: Request, email: str) -> None:
        services.resend_verification(email=email)


class PasswordForgotView(AnonymousView):
    """A mail with a key to set a new password."""

    @extend_schema(operation_id="auth_password_forgot", auth=[], request=s.EmailInput, responses={202: ACCEPTED})
    @limited("password-forgot-address", "30/m", by="address")
    @limited("password-forgot", "5/h", by="body:email")
    def post(self, request: Request) -> Response:
        """Mail a key that resets the password. Always 202, known address or not."""
        given = s.EmailInput(data=request.data)
        given.is_valid(raise_exception=True)
        services.request_password_reset(**given.validated_data)
        return Response(status=status.HTTP_202_ACCEPTED)


class PasswordResetView(AnonymousView):
    """A new password with a mailed key."""

    @extend_schema(operation_id="auth_password_reset", auth=[], request=s.PasswordResetInput, responses={200: NOTHING})
    @limited("password-reset", "30/m", by="address")
    def post(self, request: Request) -> Response:
        """Set a new password; every session ends. 400 `reset_key_invalid`."""
        given = s.PasswordResetInput(data=request.data)
        given.is_valid(raise_exception=True)
        services.reset_password(**given.validated_data, at=timezone.now())
        return Response(status=status.HTTP_200_OK)


class PasswordChangeView(APIView):
    """A new password with the old one."""

    @extend_schema(operation_id="auth_password_change", request=s.PasswordChangeInput, responses={200: NOTHING})
    @limited("own-password", "10/m", by="user")
    def post(self, request: Request) -> Response:
        """Set a new password; every other session ends. A wrong old one is 403 `invalid_credentials`."""
        given = s.PasswordChangeInput(data=request.data)
        given.is_valid(raise_exception=True)
        session_id = current_session(request).pk
        services.change_password(
            actor=caller(request), session_id=session_id, **given.validated_data, at=timezone.now()
        )
        return Response(status=status.HTTP_200_OK)


class PinView(APIView):
    """My PIN."""

    @extend_schema(operation_id="auth_pin_set", request=s.PinInput, responses={204: NOTHING})
    @limited("pin-set", "20/m", by="user")
    def post(self, request: Request) -> Response:
        """Set or change the PIN. 400 `weak_pin`; a wrong old PIN is 403 `pin_incorrect` and counts as a guess, a
        wrong password 403 `invalid_credentials`."""
        given = s.PinInput(data=request.data)
        given.is_valid(raise_exception=True)
        services.set_pin(actor=caller(request), **given.validated_data, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class PinForgotView(APIView):
    """A code for a new PIN."""

    @extend_schema(operation_id="auth_pin_forgot", request=s.PinForgotInput, responses={202: NOTHING})
    @limited("own-password", "10/m", by="user")
    @limited("pin-forgot", "5/h", by="user")
    def post(self, request: Request) -> Response:
        """Mail a code that, with the password, sets another PIN. 403 `invalid_credentials`, 409 `pin_not_set`."""
        given = s.PinForgotInput(data=request.data)
        given.is_valid(raise_exception=True)
        services.request_pin_reset(actor=caller(request), **given.validated_data, at=timezone.now())
        return Response(status=status.HTTP_202_ACCEPTED)


class PinResetView(APIView):
    """A new PIN with that code."""

    @extend_schema(operation_id="auth_pin_reset", request=s.PinResetInput, responses={204: NOTHING})
    @limited("own-password", "10/m", by="user")
    def post(self, request: Request) -> Response:
        """Set another PIN; it ends a lock, and withdrawals wait for a day. 400 `weak_pin`, 400
        `pin_reset_code_invalid`, 403 `invalid_credentials`."""
        given = s.PinResetInput(data=request.data)
        given.is_valid(raise_exception=True)
        services.reset_pin(actor=caller(request), **given.validated_data, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class PinVerifyView(APIView):
    """The PIN for a token. Wrong ones are counted in PostgreSQL, so that money can be moved while Redis is away."""

    @extend_schema(operation_id="auth_pin_verify", request=s.PinVerifyInput, responses={200: s.PinTokenRead})
    @limited("pin-verify", "300/m", by="user", fail_open=True)
    def post(self, request: Request) -> Response:
        """Trade the PIN in for a token of five minutes and one use. 403 `pin_incorrect` with `attempts_left`, 403
        `pin_locked` with `locked_until`, 409 `pin_not_set`."""
        given = s.PinVerifyInput(data=request.data)
        given.is_valid(raise_exception=True)
        named = given.validated_data.get("purpose")
        purpose = PinPurpose(named) if named else None
        pin = given.validated_data["pin"]
        session = current_session(request)
        issued = services.verify_pin(
            actor=caller(request), pin=pin, purpose=purpose, session=session, at=timezone.now()
        )
        return Response(s.PinTokenRead(issued).data)
