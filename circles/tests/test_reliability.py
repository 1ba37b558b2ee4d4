"""A person's record: facts with their reasons, marks that heal, and appeals against them."""

import pytest
from django.contrib.auth.models import Permission

from accounts.models import Role
from circles import services
from circles.errors.people import (
    AlreadyAppealedError,
    AppealDecidedError,
    AppealUnknownError,
    MarkUnknownError,
    OwnAppealError,
)
from circles.models import Appeal, Contribution, ContributionStatus
from circles.reliability import HEALED_AFTER, Fact, Record, Why, marks_on, own_record, records_of
from circles.tests.world import (
    DAY,
    DUE,
    FOUNDED,
    HOUR,
    WEEK,
    contribution,
    forming,
    fund,
    live_until,
    people,
    person,
    spend,
    started,
    wallet_of,
)
from contri.core.desk.queues import all_queues
from contri.core.errors import ValidationFaultsError
from contri.core.models import uuid7
from notifications.models import Notification

pytestmark = pytest.mark.django_db
GRACE_ENDS = DUE + 2 * DAY


@pytest.fixture
def boss():
    return person(is_staff=True, is_superuser=True)


@pytest.fixture
def late():
    return person()


@pytest.fixture
def circle(late):
    return started([*people(2, "5000.00"), late])


@pytest.fixture
def mark(circle, late):
    """What the late one did not pay in the first cycle."""
    live_until(GRACE_ENDS)
    return contribution(circle, 1, late)


def record(user, at=GRACE_ENDS):
    return records_of([user.pk], at=at)[user.pk]


def whys(user, at=GRACE_ENDS):
    return [mark.why for mark in marks_on([user.pk], at=at)]


def appeal(user, mark, reason="my bank was down"):
    return services.appeal_mark(actor=user, contribution_id=mark.pk, reason=reason, at=GRACE_ENDS + HOUR)


def decide(boss, appealed, *, is_granted, reason="their bank says so"):
    return services.decide_appeal(
        actor=boss, appeal_id=appealed.pk, is_granted=is_granted, reason=reason, at=GRACE_ENDS + DAY
    )


def test_what_is_late_is_late_until_it_is_paid_and_then_cured(mark, late):
    assert (record(late), record(late).score, whys(late)) == (Record(late=1), 0, [Why.UNPAID])
    fund(late, "1000.00")
    live_until(GRACE_ENDS + DAY)

    assert (record(late), record(late).score, whys(late)) == (Record(cured=1), 50, [Why.PAID_LATE])


def test_what_a_deposit_had_to_pay_is_a_default():
    late = person("1000.00")
    circle = started([*people(2, "5000.00"), late], deposit_kobo=100_000)

    live_until(GRACE_ENDS)

    assert contribution(circle, 1, late).status == "paid"
    assert (record(late), whys(late)) == (Record(defaulted=1), [Why.PAID_FROM_DEPOSIT])


def test_who_stops_after_their_pot_has_defaulted_and_paying_cures_it(late):
    started([late, *people(2, "5000.00")])
    fund(late, "1000.00")
    live_until(DUE + HOUR)
    spend(late, wallet_of(late))
    due = GRACE_ENDS + WEEK

    live_until(due)
    assert (record(late, due), whys(late, due)) == (Record(on_time=1, defaulted=1), [Why.STOPPED_AFTER_POT])
    fund(late, "1000.00")
    live_until(due + DAY)

    assert record(late, due + DAY) == Record(on_time=1, cured=1)


def test_what_was_written_off_when_a_circle_was_dissolved_is_a_default(boss, circle, mark, late):
    services.dissolve_circle(actor=boss, circle_id=circle.pk, reason="a quarrel", at=GRACE_ENDS + HOUR)

    assert (record(late), whys(late)) == (Record(defaulted=1), [Why.WRITTEN_OFF])


def test_what_was_late_when_somebody_died_is_held_against_nobody(boss, circle, mark, late):
    services.record_death(actor=boss, user_id=late.pk, evidence="certificate 1", at=GRACE_ENDS + HOUR)

    assert (record(late), whys(late)) == (Record(), [])


@pytest.mark.breaks_circles
def test_marks_heal_with_as_many_promises_kept_of_at_least_their_size(late):
    needed = HEALED_AFTER[Fact.CURED]
    circle = forming([late], size=needed + 1)
    for friend in people(2):
        services.join_circle(actor=friend, invite_code=circle.invite_code, hands=needed // 2, at=FOUNDED)
    services.start_circle(actor=late, circle_id=circle.pk, at=FOUNDED)
    first, *kept = Contribution.objects.filter(membership__user=late).order_by("due_at")
    _was_paid([first, *kept], late=first)
    almost, enough = kept[-2].due_at, kept[-1].due_at

    assert (record(late, almost).cured, record(late, almost).healed) == (1, 0)
    assert (record(late, enough), record(late, enough).score) == (Record(on_time=needed, healed=1), 100)
    assert [(mark.is_healed, mark.why) for mark in marks_on([late.pk], at=enough)] == [(True, Why.PAID_LATE)]

    # Had it been a larger promise that was broken, one of these would not count for it.
    kept[0].amount_kobo = kept[0].paid_kobo = 99_999
    kept[0].save()
    assert record(late, enough).cured == 1


def _was_paid(rows, late):
    """As if the money had come in; what moved it is no matter here."""
    for row in rows:
        row.paid_kobo, row.status, row.paid_at = row.amount_kobo, ContributionStatus.PAID, row.due_at
        row.late_at = row.due_at if row == late else None
        row.save()


def test_an_appeal_that_is_granted_takes_the_mark_off_the_record(boss, mark, late):
    appealed = appeal(late, mark)
    assert record(late) == Record(late=1)

    decide(boss, appealed, is_granted=True)

    assert (record(late), [one.is_excused for one in own_record(late, at=GRACE_ENDS).marks]) == (Record(), [True])
    told = Notification.objects.get(recipient=late, kind="appeal_granted")
    assert told.body == "We have looked at your appeal: their bank says so"


def test_an_appeal_that_is_rejected_leaves_it_and_says_why(boss, mark, late):
    decide(boss, appeal(late, mark), is_granted=False, reason="the wallet was empty")

    assert record(late) == Record(late=1)
    assert "the wallet was empty" in Notification.objects.get(recipient=late, kind="appeal_rejected").body


def test_only_ones_own_marks_are_appealed_against_and_each_once(circle, mark, late):
    other = circle.host
    with pytest.raises(MarkUnknownError):
        appeal(other, mark)
    with pytest.raises(MarkUnknownError):
        appeal(other, contribution(circle, 1, other))
    with pytest.raises(ValidationFaultsError):
        appeal(late, mark, reason="  ")
    appeal(late, mark)

    with pytest.raises(AlreadyAppealedError):
        appeal(late, mark)


def test_an_appeal_is_decided_once_with_a_reason_and_never_by_who_made_it(boss, mark, late):
    appealed = appeal(late, mark)
    with pytest.raises(OwnAppealError):
        decide(late, appealed, is_granted=True)
    with pytest.raises(ValidationFaultsError):
        decide(boss, appealed, is_granted=True, reason=" ")
    with pytest.raises(AppealUnknownError):
        decide(boss, Appeal(pk=uuid7()), is_granted=True)
    decide(boss, appealed, is_granted=False)

    with pytest.raises(AppealDecidedError):
        decide(boss, appealed, is_granted=True)


def test_a_record_and_an_appeal_over_http(signed_in, circle, mark, late):
    client = signed_in(late)

    answer = client.get("/api/v1/circles/record").json()
    assert answer == {
        "score": 0,
        "on_time": 0,
        "cured": 0,
        "late": 1,
        "defaulted": 0,
        "healed": 0,
        "marks": [
            {
                "contribution_id": str(mark.pk),
                "circle_id": str(circle.pk),
                "circle_name": "Market women",
                "cycle_number": 1,
                "amount": "1000.00",
                "due_at": "2027-01-04T17:00:00Z",
                "late_at": "2027-01-06T17:00:00Z",
                "paid_at": None,
                "fact": "late",
                "why": "unpaid",
                "healed": False,
                "excused": False,
                "appeal": None,
            }
        ],
    }
    path = f"/api/v1/circles/record/{mark.pk}/appeal"
    response = client.post(path, {"reason": "my bank was down"})
    assert response.status_code == 201
    assert client.get("/api/v1/circles/record").json()["marks"][0]["appeal"] == response.json()
    assert (client.post(path, {"reason": "again"}).json()["code"]) == "already_appealed"
    assert client.post(path, {"reason": ""}).status_code == 400
    strange = signed_in(person()).post(path, {"reason": "mine too"})
    assert (strange.status_code, strange.json()["code"]) == (404, "mark_unknown")


def test_staff_decide_appeals_on_the_desk(client, mark, late):
    appealed = appeal(late, mark)
    queue = next(queue for queue in all_queues() if queue.name == "Appeals against a record")
    assert list(queue.waiting()) == [appealed]
    reader = person(role=Role.SUPPORT, is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_appeal"))
    client.force_login(reader)
    act = {"action": "grant", "_selected_action": str(appealed.pk), "reason": "their bank says so"}
    page = client.get(queue.url)
    assert (page.status_code, "my bank was down" in page.content.decode()) == (200, True)
    client.post(queue.url, act)
    assert Appeal.objects.get().status == "open"

    reader.user_permissions.add(Permission.objects.get(codename="decide_appeal"))
    client.post(queue.url, {**act, "reason": ""})
    assert Appeal.objects.get().status == "open"
    client.post(queue.url, act)

    decided = Appeal.objects.get()
    assert (decided.status, decided.decided_by, decided.decided_reason) == ("granted", reader, "their bank says so")
    assert not queue.waiting().exists()
