"""Is this circle well? Who paid when, what is at stake, what is owed, what is stuck, what members report."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from circles.exposure import member_exposures, turn_exposures
from circles.models import ActState, ChatReport, Circle, Contribution, Cycle, Debt, Payout, ScheduledAct
from contri.core.moments import lagos_day
from contri.core.money import naira_from_kobo
from contri.desk.figures import Chart
from wallets.queries import pot_balances
from wallets.services.wording import naira

# A sign, not only a colour, for each state of a contribution.
SIGNS = {"paid": "✓", "late": "✗ late", "pending": "·", "waived": "waived", "refunded": "↩ back"}
MOST = 50


@dataclass(frozen=True, slots=True)
class Cell:
    """One member's part in one cycle."""

    sign: str
    status: str
    detail: str


def health_page(request: HttpRequest, circle_id: UUID) -> HttpResponse:
    """The page."""
    if not request.user.has_perm("circles.view_circle"):
        raise PermissionDenied
    circle = Circle.objects.select_related("host").filter(pk=circle_id).first()
    if circle is None:
        raise Http404
    context = admin.site.each_context(request) | {"title": f"Health of {circle.name}", "circle": circle}
    return TemplateResponse(request, "admin/desk/circle_health.html", context | health_of(circle))


def health_of(circle: Circle) -> dict[str, Any]:
    """Every part of the page; as many queries for a hundred members as for two."""
    cycles = list(Cycle.objects.filter(circle=circle).select_related("slot__membership__user", "payout"))
    debts = Debt.objects.filter(contribution__cycle__circle=circle, settled_at=None)
    acts = ScheduledAct.objects.filter(circle=circle, state=ActState.PENDING, attempts__gt=0)
    reports = ChatReport.objects.filter(message__circle=circle).select_related("reporter", "message")
    return {
        "pot": naira(pot_balances([circle.pk])[circle.pk]),
        "cycles": [(cycle, _payout_of(cycle)) for cycle in cycles],
        "grid": _grid(circle, cycles),
        "charts": [_exposure_chart(circle)],
        "members": [
            (one, naira(one.paid_kobo), naira(one.received_kobo), naira(one.exposure_kobo))
            for one in member_exposures(circle)
        ],
        "debts": [
            (debt, naira(debt.amount_kobo))
            for debt in debts.select_related(
                "contribution__membership__user", "contribution__cycle", "payout__membership__user"
            )[:MOST]
        ],
        "acts": acts.order_by("due_at")[:MOST],
        "reports": reports.order_by("-reported_at")[:MOST],
        "pauses": circle.pauses.order_by("-started_at")[:MOST],
    }


def _payout_of(cycle: Cycle) -> str:
    payout: Payout | None = getattr(cycle, "payout", None)
    if payout is None:
        return ""
    return f"{naira(payout.paid_kobo)} of {naira(payout.amount_kobo)} on {_day(payout.paid_at)}"


def _day(moment: datetime | None) -> str:
    """As members count days."""
    return f"{lagos_day(moment):%d %b}" if moment else ""


def _grid(circle: Circle, cycles: list[Cycle]) -> list[tuple[str, list[Cell]]]:
    """A row for each member's turn, a cell for each cycle."""
    rows: dict[UUID, dict[UUID, Cell]] = {}
    names: dict[UUID, str] = {}
    contributions = Contribution.objects.filter(cycle__circle=circle).select_related("membership__user", "slot")
    for contribution in contributions.order_by("slot__position"):
        names[contribution.slot_id] = f"{contribution.slot.position}. {contribution.membership.user.display_name}"
        rows.setdefault(contribution.slot_id, {})[contribution.cycle_id] = _cell(contribution)
    nothing = Cell("", "", "")
    return [(names[slot], [cells.get(cycle.pk, nothing) for cycle in cycles]) for slot, cells in rows.items()]


def _cell(contribution: Contribution) -> Cell:
    sign = SIGNS[contribution.status]
    if contribution.paid_at:
        after = " (late)" if contribution.late_at else ""
        return Cell(f"{sign} {_day(contribution.paid_at)}{after}", contribution.status, contribution.source)
    part = f"{naira(contribution.paid_kobo)} of {naira(contribution.amount_kobo)}" if contribution.paid_kobo else ""
    return Cell(sign, contribution.status, part)


def _exposure_chart(circle: Circle) -> Chart:
    turns = turn_exposures(circle)
    return Chart(
        key="exposure",
        title="What the others would lose by each turn once it is paid out",
        kind="bar",
        unit="₦",
        labels=[f"Turn {turn.position}" for turn in turns],
        series=[("At stake", [naira_from_kobo(turn.exposure_kobo) for turn in turns])],
    )
