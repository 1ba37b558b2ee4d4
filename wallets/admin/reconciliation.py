"""Comparisons with the providers, as staff see them."""

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from contri.core.admin import ReadOnlyAdmin
from contri.core.admin_verbs import ActingAdmin, StaffVerb
from wallets import services
from wallets.models import ReconciliationItem, ReconciliationRun
from wallets.services.wording import naira


@admin.register(ReconciliationRun)
class ReconciliationRunAdmin(ReadOnlyAdmin[ReconciliationRun]):
    """Each comparison: how much was compared, what is open, and whether it came to its end."""

    list_display = ["created_at", "provider", "since", "until", "compared", "open", "fixed", "stopped"]
    list_filter = ["provider"]
    fields = ("provider", "since", "until", "fixes", "compared", "stopped", "balance", "clearing", "finished_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReconciliationRun]:
        """With how many differences are open and fixed."""
        status = ReconciliationItem.Status
        runs: QuerySet[ReconciliationRun] = super().get_queryset(request)
        return runs.annotate(open_items=_items(status.OPEN), fixed_items=_items(status.FIXED))

    @admin.display(description="open")
    def open(self, run: ReconciliationRun) -> int:
        """Differences that nobody has explained yet."""
        return int(getattr(run, "open_items", 0))

    @admin.display(description="fixed")
    def fixed(self, run: ReconciliationRun) -> int:
        """Differences that asking again ended."""
        return int(getattr(run, "fixed_items", 0))

    @admin.display(description="balance there")
    def balance(self, run: ReconciliationRun) -> str:
        """What the provider said it holds for us."""
        return "not known" if run.balance_kobo is None else naira(run.balance_kobo)

    @admin.display(description="clearing account here")
    def clearing(self, run: ReconciliationRun) -> str:
        """What the books say it holds; settlements to our bank and what was there before Contri explain the rest."""
        return "not known" if run.clearing_kobo is None else naira(run.clearing_kobo)


@admin.register(ReconciliationItem)
class ReconciliationItemAdmin(ActingAdmin[ReconciliationItem]):
    """A queue: what a provider and the books tell differently."""

    list_display = ["created_at", "kind", "reference", "what", "theirs", "ours", "status", "explanation"]
    list_filter = ["status", "what", "kind", "run__provider"]
    search_fields = ["=reference"]
    staff_verbs = (
        StaffVerb(
            "explain",
            "Explain (the reason is kept)",
            "wallets.explain_reconciliationitem",
            services.explain_difference,
            "item_id",
        ),
    )


def _items(status: ReconciliationItem.Status) -> Coalesce:
    """How many items of a run have this status; counted for the rows of one page."""
    found = ReconciliationItem.objects.filter(run=OuterRef("pk"), status=status).values("run")
    return Coalesce(Subquery(found.annotate(number=Count("pk")).values("number")), 0)
