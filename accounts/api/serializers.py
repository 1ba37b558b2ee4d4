"""What the API of accounts takes and says."""

from typing import Any

from django.core.validators import RegexValidator
from django.utils import timezone
from rest_framework import serializers

from accounts import queries
from accounts.api.fields import EmailAddressField, NameField, PasswordField, PhoneNumberField, PinField
from accounts.models import IdType, PinPurpose, Session, User
from accounts.pictures import LARGEST_UPLOAD
from contri.core.moments import lagos_day

LONGEST_TOKEN = 2000
LONGEST_ID_TOKEN = 8000


class UserRead(serializers.ModelSerializer[User]):
    """The signed-in person, to themselves."""

    is_verified = serializers.BooleanField(read_only=True)
    avatar_url = serializers.CharField(read_only=True, allow_null=True)
    has_pin = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = [
            "id",
            "email",
            "first_name",
            "last_name",
            "phone_number",
            "avatar_url",
            "role",
            "is_verified",
            "kyc_status",
            "kyc_tier",
            "referral_code",
            "has_pin",
            "created_at",
        ]
        read_only_fields = fields

    def get_has_pin(self, user: User) -> bool:
        """Whether a PIN is set."""
        return queries.has_pin(user)


class ActionRequiredRead(serializers.Serializer[Any]):
    """Something to do next."""

    code = serializers.CharField()
    title = serializers.CharField()
    detail = serializers.CharField()
    action_url = serializers.CharField()
    priority = serializers.ChoiceField(choices=["high", "normal"])


class MeRead(UserRead):
    """The signed-in person and what they should do next."""

    action_required = serializers.SerializerMethodField()

    class Meta(UserRead.Meta):
        fields = [*UserRead.Meta.fields, "action_required"]
        read_only_fields = fields

    def to_representation(self, instance: User) -> dict[str, Any]:
        """Asks for the PIN once for both fields that depend on it."""
        self._has_pin = queries.has_pin(instance)
        return super().to_representation(instance)

    def get_has_pin(self, user: User) -> bool:
        """Whether a PIN is set."""
        return self._has_pin

    def get_action_required(self, user: User) -> list[dict[str, Any]]:
        """Every app's word on what comes next."""
        actions = queries.actions_required_of(user, with_pin=self._has_pin)
        return list(ActionRequiredRead(actions, many=True).data)


class TokenPairRead(serializers.Serializer[Any]):
    """A short-lived access token, and the refresh token that is traded in for the next pair."""

    access = serializers.CharField()
    refresh = serializers.CharField()


class SignedInRead(TokenPairRead):
    """Who signed in, and their tokens."""

    user = UserRead()


class SignUpInput(serializers.Serializer[Any]):
    """A new account."""

    email = EmailAddressField()
    password = PasswordField()
    first_name = NameField()
    last_name = NameField()
    phone_number = PhoneNumberField(required=False)
    referral_code = serializers.CharField(required=False, allow_blank=True, max_length=20)


class LogInInput(serializers.Serializer[Any]):
    """Address and password."""

    email = EmailAddressField()
    password = PasswordField()


class SocialSignInInput(serializers.Serializer[Any]):
    """What the provider gave the app. The names are used for a new account whose token bears none."""

    id_token = serializers.CharField(max_length=LONGEST_ID_TOKEN)
    nonce = serializers.CharField(required=False, max_length=500)
    first_name = NameField(required=False, allow_blank=True)
    last_name = NameField(required=False, allow_blank=True)


class SocialSignedInRead(SignedInRead):
    """Who signed in, their tokens, and whether the account is new."""

    created = serializers.BooleanField()


class SocialLinkInput(serializers.Serializer[Any]):
    """What the provider gave the app, and the password of whoever has one."""

    id_token = serializers.CharField(max_length=LONGEST_ID_TOKEN)
    nonce = serializers.CharField(required=False, max_length=500)
    password = PasswordField(required=False)


class SocialIdentityRead(serializers.Serializer[Any]):
    """A linked account."""

    provider = serializers.CharField()
    email = serializers.CharField(source="extra_data.email")
    created_at = serializers.DateTimeField(source="date_joined")
    last_used_at = serializers.DateTimeField(source="last_login")


class RefreshInput(serializers.Serializer[Any]):
    """A refresh token."""

    refresh = serializers.CharField(max_length=LONGEST_TOKEN)


class KeyInput(serializers.Serializer[Any]):
    """A key that was mailed."""

    key = serializers.CharField(max_length=LONGEST_TOKEN)


class EmailInput(serializers.Serializer[Any]):
    """An address."""

    email = EmailAddressField()


class ResendInput(serializers.Serializer[Any]):
    """An address; whoever is signed in may leave it out."""

    email = EmailAddressField(required=False)


class AddressRead(serializers.Serializer[Any]):
    """An address and whether it is verified."""

    email = serializers.EmailField()
    is_verified = serializers.BooleanField()


class PasswordResetInput(KeyInput):
    """A mailed key and the new password."""

    password = PasswordField()


class PasswordChangeInput(serializers.Serializer[Any]):
    """The password as it is and as it should be."""

    old_password = PasswordField()
    new_password = PasswordField()


class SessionRead(serializers.ModelSerializer[Session]):
    """A device that is logged in."""

    is_current = serializers.SerializerMethodField()

    class Meta:
        model = Session
        fields = ["id", "user_agent", "address", "is_current", "created_at", "last_used_at", "expires_at"]
        read_only_fields = fields

    def get_is_current(self, session: Session) -> bool:
        """Whether this call comes from it."""
        return bool(session.pk == self.context["current_id"])


class PinInput(serializers.Serializer[Any]):
    """A new PIN and a proof: the password, or the old PIN."""

    pin = PinField()
    old_pin = PinField(required=False)
    password = PasswordField(required=False)


class PinVerifyInput(serializers.Serializer[Any]):
    """The PIN and what it is given for; without `purpose` the token is good for any one thing."""

    pin = PinField()
    purpose = serializers.ChoiceField(choices=PinPurpose.choices, required=False)


class PinForgotInput(serializers.Serializer[Any]):
    """The password: a mail goes out for nothing less."""

    password = PasswordField()


class PinResetInput(PinForgotInput):
    """A new PIN, the mailed code and the password."""

    pin = PinField()
    code = serializers.CharField(max_length=20, write_only=True)


class PinTokenRead(serializers.Serializer[Any]):
    """A single-use token for the header X-Pin-Token."""

    pin_token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class ProfileInput(serializers.Serializer[Any]):
    """What may be changed."""

    first_name = NameField(required=False)
    last_name = NameField(required=False)
    phone_number = PhoneNumberField(required=False, allow_null=True)
    avatar = serializers.FileField(
        required=False, allow_null=True, help_text="JPEG, PNG or WebP, at most 5 MiB, as multipart; null removes it."
    )

    def validate_avatar(self, value: Any) -> Any:
        """Its size is known before it is read."""
        if value is not None and value.size > LARGEST_UPLOAD:
            raise serializers.ValidationError("A picture has at most 5 MiB.", code="too_large")
        return value


class CloseAccountInput(serializers.Serializer[Any]):
    """The password, or the PIN."""

    password = PasswordField(required=False)
    pin = PinField(required=False)


class ExportRead(serializers.Serializer[Any]):
    """Everything kept on a person, a section for each app's part of it."""

    account = serializers.DictField()
    sessions = serializers.ListField(child=serializers.DictField())
    identity_checks = serializers.ListField(child=serializers.DictField())
    social_accounts = serializers.ListField(child=serializers.DictField())
    notices = serializers.ListField(child=serializers.DictField())


class LookupInput(serializers.Serializer[Any]):
    """Exactly one of the two."""

    email = EmailAddressField(required=False)
    phone_number = PhoneNumberField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Neither both nor none, nor an empty one."""
        if len([value for value in attrs.values() if value]) != 1:
            raise serializers.ValidationError('Send either "email" or "phone_number".')
        return attrs


class KycInput(serializers.Serializer[Any]):
    """A number and whose it is."""

    id_type = serializers.ChoiceField(choices=IdType.choices)
    id_number = serializers.CharField(
        validators=[RegexValidator(r"\A[0-9]{11}\Z", "A BVN or NIN has 11 digits.", code="invalid_id_number")],
        write_only=True,
    )
    first_name = NameField()
    last_name = NameField()
    date_of_birth = serializers.DateField()

    def validate_date_of_birth(self, value: Any) -> Any:
        """Nobody is born tomorrow, nor in a year that was never written this way."""
        if not value.year >= 1900 or value >= lagos_day(timezone.now()):
            raise serializers.ValidationError("This cannot be a date of birth.")
        return value


class KycRead(serializers.Serializer[Any]):
    """A check that was asked for."""

    status = serializers.CharField()
    id_type = serializers.ChoiceField(choices=IdType.choices)
