"""Google's and Apple's keys and tokens, by Contri's own reading of them."""

import jwt
import pytest

from accounts.models import SocialProvider
from accounts.providers.id_tokens import IdTokenRefusedError, forget_keys, read_id_token


@pytest.fixture(autouse=True)
def fresh_keys():
    forget_keys()
    yield
    forget_keys()


@pytest.mark.parametrize("provider", [SocialProvider.GOOGLE, SocialProvider.APPLE])
def test_a_token_signs_the_same_person_in_each_time(sandbox, provider):
    first, second = (
        read_id_token(provider, sandbox.id_token(provider.value, "ada@gmail.com", nonce="n-1"), nonce="n-1")
        for _ in range(2)
    )

    assert (first.email, first.is_email_proved) == ("ada@gmail.com", True)
    assert first.subject == second.subject
    assert len(sandbox.calls(f"{provider.value}.keys")) == 1


def test_another_nonce_or_the_other_provider_is_refused(sandbox):
    token = sandbox.id_token("google", "ada@gmail.com", nonce="n-1")

    with pytest.raises(IdTokenRefusedError):
        read_id_token(SocialProvider.GOOGLE, token, nonce="n-2")
    with pytest.raises(IdTokenRefusedError):
        read_id_token(SocialProvider.APPLE, token)


def test_apple_writes_truth_as_text(sandbox):
    claims = jwt.decode(sandbox.id_token("apple", "ada@example.com"), options={"verify_signature": False})

    assert (claims["email_verified"], claims["iss"]) == ("true", "https://appleid.apple.com")


def test_nobody_is_signed_in_without_an_address(sandbox):
    with pytest.raises(AssertionError, match="400"):
        sandbox.id_token("google", "nonsense")
