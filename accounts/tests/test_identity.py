"""POST /users/me/kyc: from the number to the tier, over the sandbox's Smile ID."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.errors import CheckNotReviewableError, IdentityInUseError, ReasonRequiredError
from accounts.models import CheckStatus, IdentityCheck, User
from accounts.providers.smileid import Result
from accounts.services import (
    grant_tier_3,
    resolve_identity_check,
    review_identity_check,
    work_identity_checks,
)
from accounts.services.identity import decide_by_result
from accounts.tests.factories import UserFactory
from accounts.verdicts import VERDICTS, Verdict, verdict_on
from contri.core.crypto import decrypt
from contri.core.work import WorkState

pytestmark = pytest.mark.django_db
BVN = "22212345678"
NIN = "33312345678"
NOW = timezone.now()


@pytest.fixture
def ada():
    return UserFactory.create(first_name="Ada", last_name="Okafor")


@pytest.fixture
def staff():
    return UserFactory.create(is_staff=True)


def claim(client, number=BVN, id_type="bvn", **changes):
    body = {
        "id_type": id_type,
        "id_number": number,
        "first_name": "Ada",
        "last_name": "Okafor",
        "date_of_birth": "1990-04-02",
    }
    return client.post("/api/v1/users/me/kyc", body | changes)


def let_time_pass(sandbox):
    """What the worker and the provider do in the minutes after."""
    work_identity_checks()
    sandbox.flush()
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        work_identity_checks()


def standing(user):
    user.refresh_from_db()
    return user.kyc_status, user.kyc_tier


# --- the way up


def test_a_check_is_accepted_and_pending_until_the_provider_has_spoken(ada, signed_in, sandbox):
    answer = claim(signed_in(ada))

    assert (answer.status_code, answer.json()) == (202, {"status": "pending", "id_type": "bvn"})
    assert standing(ada) == ("pending", 0)
    work_identity_checks()
    assert [call.operation for call in sandbox.calls()] == ["smileid.async_id_verification"]
    assert standing(ada) == ("pending", 0)


def test_one_number_is_tier_1_and_both_are_tier_2(ada, signed_in, sandbox):
    client = signed_in(ada)
    claim(client)
    let_time_pass(sandbox)
    assert standing(ada) == ("approved", 1)

    claim(client, NIN, "nin")
    assert standing(ada) == ("pending", 1)
    let_time_pass(sandbox)

    assert standing(ada) == ("approved", 2)
    assert sorted(notice.title for notice in ada.notifications.all()) == [
        "Your BVN is verified",
        "Your NIN is verified",
    ]


def test_a_callback_makes_us_ask_and_the_answer_decides(ada, signed_in, sandbox):
    claim(signed_in(ada))
    work_identity_checks()
    sandbox.flush()
    check = IdentityCheck.objects.get()

    resolve_identity_check(job_id=check.job_id, at=NOW)

    assert standing(ada) == ("approved", 1)
    assert [call.operation for call in sandbox.calls()] == ["smileid.async_id_verification", "smileid.job_status"]


def test_a_callback_before_the_job_is_complete_decides_nothing(ada, signed_in, sandbox):
    claim(signed_in(ada))
    work_identity_checks()

    check = resolve_identity_check(job_id=IdentityCheck.objects.get().job_id, at=NOW)

    assert (check and check.status, standing(ada)) == ("pending", ("pending", 0))


def test_a_callback_about_no_job_of_ours_asks_nobody(sandbox):
    assert resolve_identity_check(job_id="somebody-elses", at=NOW) is None
    assert sandbox.calls() == []


def test_staff_put_somebody_who_proved_both_at_tier_3(ada, staff, signed_in, sandbox):
    client = signed_in(ada)
    claim(client)
    claim(client, NIN, "nin")
    let_time_pass(sandbox)

    grant_tier_3(actor=staff, user_id=ada.pk, reason="met in person")

    assert standing(ada) == ("approved", 3)


# --- what the codes mean


@pytest.mark.parametrize(
    ("number", "status", "code"),
    [
        ("10200000001", "approved", "1020"),
        ("10210000001", "review", "1021"),
        ("10220000001", "rejected", "1022"),
        ("00000000000", "review", "1012"),
        ("00000000001", "rejected", "1013"),
    ],
)
def test_the_providers_code_decides(ada, signed_in, sandbox, number, status, code):
    claim(signed_in(ada), number)
    let_time_pass(sandbox)

    check = IdentityCheck.objects.get()
    assert (check.status, check.result_code, check.state) == (status, code, WorkState.DONE)
    assert standing(ada) == (status, 1 if status == "approved" else 0)


def test_an_issuer_that_is_away_is_asked_again_with_a_new_job(ada, signed_in, sandbox):
    claim(signed_in(ada), "00000000003")
    first_job = IdentityCheck.objects.get().job_id
    let_time_pass(sandbox)

    check = IdentityCheck.objects.get()
    assert (check.status, check.submitted_at, check.state) == ("pending", None, WorkState.READY)
    assert check.job_id != first_job
    assert standing(ada) == ("pending", 0)


@pytest.mark.parametrize("code", ["9999", "", "0810", "102O", "10201"])
def test_an_unknown_code_waits_for_a_person_and_approves_nobody(code):
    assert verdict_on(code) == Verdict.REVIEW


def test_only_an_exact_match_approves():
    assert [code for code, verdict in VERDICTS.items() if verdict == Verdict.APPROVE] == ["1020"]


@pytest.mark.parametrize(("job_id", "number"), [("contri-another-job", BVN), (None, NIN)])
def test_an_approval_of_another_job_or_number_is_none(ada, signed_in, job_id, number):
    claim(signed_in(ada))
    check = IdentityCheck.objects.get()

    result = Result(code="1020", text="Exact Match", job_id=job_id or check.job_id, id_number=number)
    decide_by_result(check_id=check.pk, result=result, at=NOW)

    assert standing(ada) == ("review", 0)


def test_the_name_that_was_proved_is_kept_whatever_people_call_themselves_later(ada, signed_in, sandbox):
    client = signed_in(ada)
    claim(client, first_name="Ada Grace")
    let_time_pass(sandbox)

    client.patch("/api/v1/users/me", {"first_name": "Emeka", "last_name": "Obi"})

    ada.refresh_from_db()
    assert (ada.proved_name, ada.display_name) == ("Ada Grace Okafor", "Emeka O.")


@pytest.mark.parametrize(
    ("first_name", "expected"), [("ADA", ("approved", 2)), ("Ada Grace", ("approved", 2)), ("Emeka", ("review", 1))]
)
def test_a_second_number_of_somebody_elses_waits_for_a_person(ada, signed_in, sandbox, first_name, expected):
    claim(signed_in(ada))
    let_time_pass(sandbox)

    claim(signed_in(ada), NIN, "nin", first_name=first_name)
    let_time_pass(sandbox)

    assert standing(ada) == expected
    assert ada.proved_name == "Ada Okafor"


def test_a_verdict_that_stands_is_not_changed_by_a_late_provisional_one(ada, signed_in, sandbox):
    claim(signed_in(ada))
    let_time_pass(sandbox)
    check = IdentityCheck.objects.get()

    for code in ("1021", "1022"):
        decide_by_result(check_id=check.pk, result=Result(code, "", check.job_id, BVN), at=NOW)

    assert standing(ada) == ("approved", 1)


def test_a_final_word_after_a_provisional_one_counts(ada, signed_in):
    claim(signed_in(ada))
    check = IdentityCheck.objects.get()

    decide_by_result(check_id=check.pk, result=Result("1021", "", check.job_id, BVN), at=NOW)
    assert standing(ada) == ("review", 0)
    decide_by_result(check_id=check.pk, result=Result("1020", "", check.job_id, BVN), at=NOW)

    assert standing(ada) == ("approved", 1)


# --- when the provider does not answer


@pytest.mark.parametrize("fault", ["error_500", "error_500_after", "html_502", "reset", "reset_after", "rate_limited"])
def test_an_unclear_answer_is_asked_about_again_and_submits_one_job(ada, signed_in, sandbox, fault):
    claim(signed_in(ada))
    sandbox.inject_fault("smileid.async_id_verification", fault)
    work_identity_checks()
    assert IdentityCheck.objects.get().submitted_at is None

    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        let_time_pass(sandbox)

    assert standing(ada) == ("approved", 1)


def test_a_job_that_the_provider_knows_already_counts_as_handed_in(ada, signed_in, sandbox):
    claim(signed_in(ada))
    work_identity_checks()
    IdentityCheck.objects.update(submitted_at=None, due_at=timezone.now())

    let_time_pass(sandbox)

    assert standing(ada) == ("approved", 1)


# --- one number, one person


def test_a_number_that_somebody_proved_is_in_use(ada, signed_in, sandbox):
    claim(signed_in(ada))
    let_time_pass(sandbox)

    answer = claim(signed_in(UserFactory.create()))

    assert (answer.status_code, answer.json()["code"]) == (409, "identity_in_use")


def test_a_number_is_taken_while_it_is_being_checked_and_free_once_it_is_rejected(ada, signed_in, sandbox):
    claim(signed_in(ada), "10220000001")
    assert claim(signed_in(UserFactory.create()), "10220000001").json()["code"] == "identity_in_use"

    let_time_pass(sandbox)

    assert claim(signed_in(UserFactory.create()), "10220000001").status_code == 202


def test_a_number_under_review_does_not_keep_its_owner_out(ada, staff, signed_in, sandbox):
    claim(signed_in(UserFactory.create()), BVN)
    pretender = IdentityCheck.objects.get()
    decide_by_result(check_id=pretender.pk, result=Result("1021", "", pretender.job_id, BVN), at=NOW)
    IdentityCheck.objects.update(state=WorkState.DONE)

    claim(signed_in(ada), BVN)
    let_time_pass(sandbox)

    assert standing(ada) == ("approved", 1)
    with pytest.raises(IdentityInUseError):
        review_identity_check(actor=staff, check_id=pretender.pk, is_approved=True, reason="looks fine", at=NOW)


def test_the_same_digits_as_bvn_and_as_nin_are_two_numbers(ada, signed_in):
    assert claim(signed_in(ada), BVN, "bvn").status_code == 202
    assert claim(signed_in(UserFactory.create()), BVN, "nin").status_code == 202


def test_one_check_of_a_kind_at_a_time_and_none_after_an_approval(ada, signed_in, sandbox):
    client = signed_in(ada)
    claim(client)
    assert claim(client, "22299999999").json()["code"] == "identity_check_running"

    let_time_pass(sandbox)

    assert claim(client, "22299999999").json()["code"] == "identity_already_verified"


def test_after_a_rejection_one_may_try_again(ada, signed_in, sandbox):
    client = signed_in(ada)
    claim(client, "10220000001")
    let_time_pass(sandbox)
    assert standing(ada) == ("rejected", 0)

    claim(client, BVN)
    let_time_pass(sandbox)

    assert standing(ada) == ("approved", 1)


# --- what is kept


def test_names_and_birthday_go_with_the_verdict_and_a_rejected_number_too(ada, signed_in, sandbox):
    client = signed_in(ada)
    claim(client, "10220000001")
    claim(client, NIN, "nin")
    let_time_pass(sandbox)

    rejected, approved = IdentityCheck.objects.get(id_type="bvn"), IdentityCheck.objects.get(id_type="nin")
    assert (rejected.number, rejected.details, approved.details) == (None, None, None)
    assert decrypt(bytes(approved.number or b"")) == NIN


def test_the_number_is_nowhere_in_the_table_in_clear(ada, signed_in):
    claim(signed_in(ada))

    check = IdentityCheck.objects.get()
    kept = b"".join(bytes(value or b"") for value in (check.number, check.details, check.number_hash))
    assert BVN.encode() not in kept
    assert b"Okafor" not in kept


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id_type": "passport"}, "id_type"),
        ({"id_number": "2221234567"}, "id_number"),
        ({"id_number": "٢٢٢١٢٣٤٥٦٧٨"}, "id_number"),
        ({"id_number": BVN + "\n"}, None),
        ({"date_of_birth": "2990-01-01"}, "date_of_birth"),
        ({"date_of_birth": "1990-02-30"}, "date_of_birth"),
        ({"first_name": ""}, "first_name"),
    ],
)
def test_what_cannot_be_checked_is_refused(ada, signed_in, changes, field):
    body = {"id_type": "bvn", "id_number": BVN, "first_name": "A", "last_name": "B", "date_of_birth": "1990-04-02"}

    answer = signed_in(ada).post("/api/v1/users/me/kyc", {**body, **changes})

    if field is None:
        # Blanks around a number are not part of it.
        assert answer.status_code == 202
    else:
        assert (answer.status_code, [fault["field"] for fault in answer.json()["errors"]]) == (400, [field])
        assert IdentityCheck.objects.count() == 0


# --- review


def in_review(client):
    claim(client)
    check = IdentityCheck.objects.get()
    decide_by_result(check_id=check.pk, result=Result("1021", "", check.job_id, BVN), at=NOW)
    return check


@pytest.mark.parametrize(("is_approved", "expected"), [(True, ("approved", 1)), (False, ("rejected", 0))])
def test_staff_decide_on_what_waits_for_a_person(ada, staff, signed_in, is_approved, expected):
    check = in_review(signed_in(ada))

    review_identity_check(actor=staff, check_id=check.pk, is_approved=is_approved, reason="married name", at=NOW)

    assert standing(ada) == expected


def test_a_review_wants_a_reason_and_something_to_decide(ada, staff, signed_in):
    check = in_review(signed_in(ada))

    with pytest.raises(ReasonRequiredError):
        review_identity_check(actor=staff, check_id=check.pk, is_approved=True, reason=" ", at=NOW)
    review_identity_check(actor=staff, check_id=check.pk, is_approved=False, reason="no", at=NOW)
    with pytest.raises(CheckNotReviewableError):
        review_identity_check(actor=staff, check_id=check.pk, is_approved=True, reason="yes", at=NOW)
    assert (CheckStatus.REJECTED, User.objects.get(pk=ada.pk).kyc_tier) == (IdentityCheck.objects.get().status, 0)
