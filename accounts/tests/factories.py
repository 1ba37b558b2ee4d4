"""People for tests, ready to act."""

from typing import Any

import factory
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import KycStatus, Pin, User
from accounts.pin_hashing import hash_pin

PASSWORD = "Ajo-with-friends-1"
PIN = "2580"
# Hashed once for the whole run: Argon2 is slow on purpose, and most tests are not about it.
_PASSWORD_HASH = make_password(PASSWORD)


class UserFactory(factory.django.DjangoModelFactory[User]):
    """Somebody with a verified address. `UserFactory(pin="2580")` sets a PIN, `tier=1` a KYC tier."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        verified = True
        tier = 0

    first_name = factory.Iterator(["Ada", "Bola", "Chidi", "Dayo", "Efe", "Funke"])
    last_name = factory.Iterator(["Okafor", "Adeyemi", "Eze", "Bello", "Okoro", "Ojo"])
    email = factory.Sequence(lambda n: f"person{n}@example.ng")
    password = _PASSWORD_HASH
    email_verified_at = factory.LazyAttribute(lambda person: timezone.now() if person.verified else None)
    kyc_tier = factory.SelfAttribute("tier")
    kyc_status = factory.LazyAttribute(lambda person: KycStatus.APPROVED if person.tier else KycStatus.NONE)

    @factory.post_generation
    def address(self: User, create: bool, extracted: Any, **kwargs: Any) -> None:  # type: ignore[misc]
        """The allauth row beside the user."""
        if create:
            EmailAddress.objects.create(user=self, email=self.email, verified=self.is_verified, primary=True)

    @factory.post_generation
    def pin(self: User, create: bool, extracted: str | None, **kwargs: Any) -> None:  # type: ignore[misc]
        """A PIN, when one is given."""
        if create and extracted:
            Pin.objects.create(user=self, hash=hash_pin(user_id=self.pk, pin=extracted), changed_at=timezone.now())
