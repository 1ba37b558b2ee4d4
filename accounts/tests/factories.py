"""People for tests, ready to act."""

from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone
from factory.declarations import Iterator, LazyAttribute, SelfAttribute, Sequence
from factory.django import DjangoModelFactory
from factory.helpers import post_generation

from accounts.models import KycStatus, Pin, User
from accounts.pin_hashing import hash_pin
from accounts.tests.hashers import CheapArgon2

PASSWORD = "Ajo-with-friends-1"
PIN = "2580"
# Hashed once for the whole run, and cheap to check as well: a hash brings its own cost along.
_PASSWORD_HASH = CheapArgon2().encode(PASSWORD, "salt-of-all-test-people")


class UserFactory(DjangoModelFactory[User]):
    """Somebody with a verified address. `UserFactory(pin="2580")` sets a PIN, `tier=1` a KYC tier."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        verified = True
        tier = 0

    first_name = Iterator(["Ada", "Bola", "Chidi", "Dayo", "Efe", "Funke"])
    last_name = Iterator(["Okafor", "Adeyemi", "Eze", "Bello", "Okoro", "Ojo"])
    email = Sequence(lambda n: f"person{n}@example.ng")
    password = _PASSWORD_HASH
    email_verified_at = LazyAttribute(lambda person: timezone.now() if person.verified else None)
    kyc_tier = SelfAttribute("tier")
    kyc_status = LazyAttribute(lambda person: KycStatus.APPROVED if person.tier else KycStatus.NONE)

    @post_generation  # type: ignore[untyped-decorator]
    def address(self: User, create: bool, extracted: Any, **kwargs: Any) -> None:
        """The allauth row beside the user."""
        if create:
            EmailAddress.objects.create(user=self, email=self.email, verified=self.is_verified, primary=True)

    @post_generation  # type: ignore[untyped-decorator]
    def pin(self: User, create: bool, extracted: str | None, **kwargs: Any) -> None:
        """A PIN, when one is given."""
        if create and extracted:
            Pin.objects.create(user=self, hash=hash_pin(user_id=self.pk, pin=extracted), changed_at=timezone.now())
