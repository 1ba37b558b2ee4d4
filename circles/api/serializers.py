"""What circles look like over HTTP."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from circles import invites
from circles.models import (
    Circle,
    CircleStatus,
    Contribution,
    ContributionStatus,
    Cycle,
    CycleStatus,
    FeeGoesTo,
    Frequency,
    Membership,
    MembershipStatus,
    PayoutOrder,
    Role,
    ShortfallPolicy,
    Source,
    SwapStatus,
    TakenAt,
)
from circles.queries import CircleView
from circles.services import CardReceipt, Receipt
from contri.core.api.fields import ClockField, NairaField
from contri.core.api.people import PersonRead
from contri.core.money import CURRENCY
from wallets.models import Deposit


class RecordRead(serializers.Serializer[Any]):
    """A person's record in circles. `score` is out of 100, null without a history."""

    score = serializers.IntegerField(allow_null=True)
    on_time = serializers.IntegerField()
    cured = serializers.IntegerField(help_text="Late, and made good since.")
    late = serializers.IntegerField(help_text="Late, and still owed.")
    defaulted = serializers.IntegerField(
        help_text="Paid by their deposit or by nobody, or owed after they had the pot."
    )
    healed = serializers.IntegerField(help_text="Marks that count no more: as much has been paid in time since.")


class PayoutRead(serializers.Serializer[Any]):
    """What the recipient of a cycle is due, and what they have had of it."""

    id = serializers.UUIDField()
    amount = NairaField(source="amount_kobo")
    paid_amount = NairaField(source="paid_kobo")
    from_reserve = NairaField(source="lent_kobo", help_text="What the circle's reserve added to a short pot.")
    paid_at = serializers.DateTimeField()


class CycleRead(serializers.Serializer[Any]):
    """One turn of a circle."""

    number = serializers.IntegerField()
    status = serializers.ChoiceField(CycleStatus.choices)
    opens_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    grace_ends_at = serializers.DateTimeField()
    recipient = PersonRead(source="slot.membership.user")
    expected = NairaField(source="expected_kobo")
    collected = NairaField(source="collected_kobo")
    discount = NairaField(source="slot.discount_kobo", help_text="What the recipient gives up to the others.")
    payout = serializers.SerializerMethodField()

    @extend_schema_field(PayoutRead(allow_null=True))
    def get_payout(self, cycle: Cycle) -> Any:
        """The payout, once there is one."""
        payout = getattr(cycle, "payout", None)
        return PayoutRead(payout).data if payout else None


class MembershipRead(serializers.Serializer[Any]):
    """A person's own place in a circle. `payout_order` is their first turn, `turns` are all of them."""

    id = serializers.UUIDField()
    role = serializers.ChoiceField(Role.choices)
    status = serializers.ChoiceField(MembershipStatus.choices)
    hands = serializers.IntegerField()
    joined_at = serializers.DateTimeField()
    payout_order = serializers.SerializerMethodField()
    turns = serializers.SerializerMethodField()

    def get_payout_order(self, membership: Membership) -> int | None:
        """The first of their turns."""
        return min(self.get_turns(membership), default=None)

    def get_turns(self, membership: Membership) -> list[int]:
        """All of their turns."""
        return sorted(slot.position for slot in membership.slots.all())


class MemberRead(serializers.Serializer[Any]):
    """A member as the others see them."""

    id = serializers.UUIDField(source="membership.id")
    user = PersonRead(source="membership.user")
    role = serializers.ChoiceField(Role.choices, source="membership.role")
    status = serializers.ChoiceField(MembershipStatus.choices, source="membership.status")
    hands = serializers.IntegerField(source="membership.hands")
    payout_order = serializers.SerializerMethodField()
    turns = serializers.ListField(child=serializers.IntegerField())
    reliability = RecordRead(source="record")

    def get_payout_order(self, member: Any) -> int | None:
        """The first of their turns."""
        return min(member.turns, default=None)


class RenewalRead(serializers.Serializer[Any]):
    """The circle that a completed one goes on as: what a member needs to join it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    status = serializers.ChoiceField(CircleStatus.choices)
    invite_code = serializers.SerializerMethodField()

    def get_invite_code(self, circle: Circle) -> str:
        """The code as people read it to each other."""
        return invites.as_shown(circle.invite_code)


class CircleRead(serializers.Serializer[Any]):
    """A circle as one of its members sees it."""

    id = serializers.UUIDField(source="circle.id")
    name = serializers.CharField(source="circle.name")
    amount = NairaField(source="circle.amount_kobo")
    currency = serializers.SerializerMethodField()
    frequency = serializers.ChoiceField(Frequency.choices, source="circle.frequency")
    cycle_start_date = serializers.DateField(source="circle.cycle_start_date")
    due_time = ClockField(source="circle.due_time", help_text="Africa/Lagos")
    status = serializers.ChoiceField(CircleStatus.choices, source="circle.status")
    size = serializers.IntegerField(source="circle.size")
    seats_taken = serializers.IntegerField()
    payout_order = serializers.ChoiceField(PayoutOrder.choices, source="circle.payout_order")
    shortfall_policy = serializers.ChoiceField(ShortfallPolicy.choices, source="circle.shortfall_policy")
    grace_days = serializers.IntegerField(source="circle.grace_days")
    needs_approval = serializers.BooleanField(source="circle.needs_approval")
    late_fee = NairaField(source="circle.late_fee_kobo", help_text="What a contribution that is late costs, once.")
    late_fee_to = serializers.ChoiceField(FeeGoesTo.choices, source="circle.late_fee_to")
    deposit = NairaField(source="circle.deposit_kobo", help_text="What each turn leaves with the circle.")
    reserve = NairaField(source="circle.reserve_kobo", help_text="What each turn brings to the circle's reserve.")
    security_taken_at = serializers.ChoiceField(TakenAt.choices, source="circle.security_taken_at")
    charter_version = serializers.IntegerField(source="circle.charter_number")
    charter_accepted = serializers.BooleanField(source="has_accepted")
    invite_code = serializers.SerializerMethodField()
    invite_url = serializers.SerializerMethodField()
    host = PersonRead(source="circle.host")
    my_membership = MembershipRead(source="membership")
    current_cycle = CycleRead(allow_null=True)
    pot_balance = NairaField(source="held.pot_kobo")
    deposits_balance = NairaField(source="held.deposits_kobo", help_text="All members' deposits together.")
    reserve_balance = NairaField(source="held.reserve_kobo")
    renews = serializers.UUIDField(
        source="circle.renews_id", allow_null=True, help_text="The completed circle that this one carries on."
    )
    renewal = RenewalRead(allow_null=True)
    warnings = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField(source="circle.created_at")

    def get_currency(self, view: CircleView) -> str:
        """Naira, always."""
        return CURRENCY

    def get_invite_code(self, view: CircleView) -> str:
        """The code as people read it to each other."""
        return invites.as_shown(view.circle.invite_code)

    def get_invite_url(self, view: CircleView) -> str:
        """The link that opens the app at the invite."""
        return invites.url_of(view.circle.invite_code)


class CharterRead(serializers.Serializer[Any]):
    """The rules in force. `sha256` is over `document`, byte for byte; `rules` is the same as data."""

    version = serializers.IntegerField(source="number")
    sha256 = serializers.CharField()
    document = serializers.CharField()
    rules = serializers.DictField()
    created_at = serializers.DateTimeField()


class TurnExposureRead(serializers.Serializer[Any]):
    """What one turn puts at stake."""

    position = serializers.IntegerField()
    exposure = NairaField(source="exposure_kobo", help_text="What its holder still has to pay after the payout.")


class AffordabilityRead(serializers.Serializer[Any]):
    """What one turn would ask of the person who looks, and what they have."""

    upfront = NairaField(source="upfront_kobo", help_text="Deposit and share of the reserve.")
    each_cycle = NairaField(source="each_cycle_kobo")
    in_total = NairaField(source="in_total_kobo", help_text="All contributions together; one pot comes back.")
    a_month = NairaField(source="a_month_kobo", help_text="Contributions, on average.")
    elsewhere_a_month = NairaField(source="elsewhere_a_month_kobo", help_text="What their other circles ask already.")
    in_wallet = NairaField(source="in_wallet_kobo")


class InviteRead(serializers.Serializer[Any]):
    """What a person sees before joining."""

    name = serializers.CharField(source="circle.name")
    amount = NairaField(source="circle.amount_kobo")
    currency = serializers.SerializerMethodField()
    frequency = serializers.ChoiceField(Frequency.choices, source="circle.frequency")
    cycle_start_date = serializers.DateField(source="circle.cycle_start_date")
    size = serializers.IntegerField(source="circle.size")
    seats_left = serializers.IntegerField()
    host = PersonRead(source="circle.host")
    host_reliability = RecordRead(source="host_record")
    charter = CharterRead()
    exposure = NairaField(
        source="exposure_kobo", help_text="What the others lose if the first to receive the pot then stops paying."
    )
    exposure_by_turn = TurnExposureRead(source="turns", many=True)
    affordability = AffordabilityRead()
    warnings = serializers.ListField(child=serializers.CharField())

    def get_currency(self, view: Any) -> str:
        """Naira, always."""
        return CURRENCY


class ContributionRead(serializers.Serializer[Any]):
    """What one member owes, or has paid, in one cycle."""

    id = serializers.UUIDField()
    cycle_number = serializers.IntegerField(source="cycle.number")
    member = PersonRead(source="membership.user")
    amount = NairaField(source="amount_kobo")
    paid_amount = NairaField(source="paid_kobo")
    status = serializers.ChoiceField(ContributionStatus.choices)
    due_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)
    source = serializers.SerializerMethodField()  # type: ignore[assignment]

    @extend_schema_field(serializers.ChoiceField(Source.choices, allow_null=True))
    def get_source(self, contribution: Contribution) -> str | None:
        """Where the latest money came from; null before any did."""
        return contribution.source or None


class ContributionPaymentRead(serializers.Serializer[Any]):
    """One movement of money into the pot."""

    id = serializers.UUIDField()
    amount = NairaField(source="amount_kobo")
    transaction_id = serializers.UUIDField()
    paid_at = serializers.DateTimeField()


class ChargeRead(serializers.Serializer[Any]):
    """The charge of a card. Where there is a URL, the card's owner has to confirm the payment there."""

    reference = serializers.CharField()
    status = serializers.ChoiceField(Deposit.Status.choices)
    authorization_url = serializers.SerializerMethodField()

    def get_authorization_url(self, charge: Deposit) -> str | None:
        """Where to confirm it, if anywhere."""
        return charge.authorization_url or None


class ReceiptRead(ContributionRead):
    """A contribution as it stands after a payment, and that payment; by card, also the charge.

    `payment` is null as long as the charge is not confirmed: then the contribution is paid without further ado.
    """

    payment = ContributionPaymentRead(allow_null=True)
    charge = ChargeRead(allow_null=True)

    def to_representation(self, receipt: Receipt | CardReceipt) -> dict[str, Any]:
        """The contribution's own fields with the payment beside them."""
        payment = ContributionPaymentRead(receipt.payment).data if receipt.payment else None
        charge = ChargeRead(receipt.charge).data if isinstance(receipt, CardReceipt) else None
        return {**ContributionRead(receipt.contribution).data, "payment": payment, "charge": charge}


class DrawEntryRead(serializers.Serializer[Any]):
    """One member's part in the draw."""

    membership_id = serializers.UUIDField()
    hands = serializers.IntegerField()
    charter_sha256 = serializers.CharField()
    nonce = serializers.CharField()


class TicketRead(serializers.Serializer[Any]):
    """One turn's chance; the lowest hash comes first."""

    membership_id = serializers.UUIDField()
    hand = serializers.IntegerField()
    sha256 = serializers.CharField()


class DrawRead(serializers.Serializer[Any]):
    """All that is needed to check the draw. `seed`, `mix` and `tickets` are there once the circle is locked.

    `commitment` is SHA-256 of the seed's text. `mix` is SHA-256 of the seed and, each on a line of its own and sorted,
    every `membership_id:charter_sha256:nonce`. A ticket's hash is SHA-256 of `mix:membership_id:hand`.
    """

    commitment = serializers.CharField()
    seed = serializers.CharField(allow_null=True)
    mix = serializers.CharField(allow_null=True)
    entries = DrawEntryRead(many=True)
    tickets = TicketRead(many=True)


class MemberExposureRead(serializers.Serializer[Any]):
    """One member's position now."""

    id = serializers.UUIDField(source="membership_id")
    user = PersonRead()
    paid = NairaField(source="paid_kobo")
    received = NairaField(source="received_kobo")
    exposure = NairaField(source="exposure_kobo", help_text="What the others lose if this member stops today.")


class ExposureRead(serializers.Serializer[Any]):
    """What could be lost in this circle, by member today and by turn."""

    members = MemberExposureRead(many=True)
    turns = TurnExposureRead(many=True)


class MemberSecurityRead(serializers.Serializer[Any]):
    """What one member has with the circle, and what being late has cost them."""

    id = serializers.UUIDField(source="membership_id")
    user = PersonRead()
    deposit = NairaField(source="deposit_kobo", help_text="What is left of it.")
    reserve = NairaField(source="reserve_kobo", help_text="What they brought to the reserve.")
    late_fees = NairaField(source="fees_kobo")
    late_fees_open = NairaField(source="open_fees_kobo", help_text="What of them is still to be paid.")


class SwapRead(serializers.Serializer[Any]):
    """An offer to change turns."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(SwapStatus.choices)
    proposer = PersonRead(source="proposer.user")
    partner = PersonRead(source="partner.user")
    proposer_turn = serializers.IntegerField(source="my_turn", help_text="As it was when the swap was proposed.")
    partner_turn = serializers.IntegerField(source="their_turn", help_text="As it was when the swap was proposed.")
    proposed_at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)


class DissolutionShareRead(serializers.Serializer[Any]):
    """One member's position in a circle that was dissolved."""

    id = serializers.UUIDField(source="membership_id")
    user = PersonRead(source="membership.user")
    net = NairaField(source="net_kobo", help_text="Paid in less received; with a minus sign the member owes it.")
    settled = NairaField(source="settled_kobo", help_text="How much of it, either way, has been moved.")


class JoinRead(serializers.Serializer[Any]):
    """The circle that somebody has joined, and their place in it."""

    circle = CircleRead()
    membership = MembershipRead()
