"""Who may do what: the roles of staff, written into Django's groups after every migration.

This table is the whole truth: what it does not give, only a superuser has. A permission is `app.codename`.
"""

from typing import Any

from django.db import connections, router
from django.db.models import Model, Q, QuerySet

LOOKS = (
    "admin.logentry",
    "accounts.user",
    "accounts.identitycheck",
    "accounts.session",
    "socialaccount.socialaccount",
    "accounts.tierrule",
    "circles.appeal",
    "circles.cardpayment",
    "circles.chatmessage",
    "circles.circle",
    "circles.contribution",
    "circles.debt",
    "circles.discountshare",
    "circles.handover",
    "circles.membership",
    "circles.nominee",
    "circles.payout",
    "circles.refund",
    "circles.scheduledact",
    "circles.vote",
    "core.staffrequest",
    "django_celery_beat.periodictask",
    "notifications.device",
    "notifications.maildelivery",
    "notifications.notification",
    "notifications.pushdelivery",
    "notifications.unreachableaddress",
    "wallets.bankaccount",
    "wallets.card",
    "wallets.deposit",
    "wallets.dispute",
    "wallets.ledgeraccount",
    "wallets.ledgerjournal",
    "wallets.ledgertransfer",
    "wallets.parkedcredit",
    "wallets.reconciliationitem",
    "wallets.reconciliationrun",
    "wallets.refund",
    "wallets.suspenseitem",
    "wallets.transaction",
    "wallets.wallet",
    "wallets.withdrawal",
    "webhooks.inboundevent",
    "webhooks.webhookrefusal",
)
# Given to no role: it makes roles.
SUPERUSERS_ONLY = frozenset({"accounts.manage_staff"})
EVERYBODY = (*(f"{table.replace('.', '.view_')}" for table in LOOKS), "desk.see_figures")

ROLES: dict[str, tuple[str, ...]] = {
    "support": (
        *EVERYBODY,
        "accounts.reveal_person",
        "accounts.vouch_for_address",
        "circles.moderate_chat",
        "notifications.retry_mail",
        "notifications.trust_address",
        "webhooks.replay_event",
    ),
    "compliance": (
        *EVERYBODY,
        "accounts.ban_user",
        "accounts.grant_tier_3",
        "accounts.reveal_person",
        "accounts.review_identity_check",
        "accounts.vouch_for_address",
        "circles.decide_appeal",
        "circles.dissolve_circle",
        "circles.expel_member",
        "circles.moderate_chat",
        "circles.record_death",
        "circles.steer_circle",
        "desk.export_personal",
        "desk.export_rows",
        "wallets.confirm_bankaccount",
        "webhooks.view_raw_body",
    ),
    "finance maker": (
        *EVERYBODY,
        "accounts.ask_tierrule",
        "circles.declare_outage",
        "circles.retry_cardpayment",
        "desk.export_rows",
        "wallets.ask_accept_dispute",
        "wallets.ask_credit_suspenseitem",
        "wallets.ask_refund_suspenseitem",
        "wallets.ask_release_withdrawal",
        "wallets.ask_reverse_transaction",
        "wallets.ask_write_off_owed",
        "wallets.ask_write_off_suspenseitem",
        "wallets.confirm_withdrawal",
        "wallets.contest_dispute",
        "wallets.explain_reconciliationitem",
        "wallets.retry_dispute",
        "wallets.retry_refund",
        "wallets.retry_withdrawal",
    ),
    "finance checker": (
        *EVERYBODY,
        "accounts.approve_tierrule",
        "desk.export_rows",
        "wallets.approve_accept_dispute",
        "wallets.approve_credit_suspenseitem",
        "wallets.approve_refund_suspenseitem",
        "wallets.approve_release_withdrawal",
        "wallets.approve_reverse_transaction",
        "wallets.approve_write_off_owed",
        "wallets.approve_write_off_suspenseitem",
    ),
    "auditor": (*EVERYBODY, "desk.export_rows"),
}


def write_roles(using: str = "default", **_signal: Any) -> None:
    """Make the groups say what the table says; safe to run at any time. Groups of other names are left alone."""
    from django.contrib.auth.models import Group, Permission

    if not router.allow_migrate_model(using, Group) or not _has_table(using, Group):
        return
    Group.objects.using(using).bulk_create([Group(name=role) for role in ROLES], ignore_conflicts=True)
    groups = dict(Group.objects.using(using).filter(name__in=ROLES).values_list("name", "pk"))
    permissions = _ids_of(Permission.objects.using(using))
    wanted = {
        (groups[role], permissions[name]) for role, names in ROLES.items() for name in names if name in permissions
    }
    grants = Group.permissions.through._default_manager.using(using)
    held = set(grants.filter(group__in=groups.values()).values_list("group_id", "permission_id"))
    grants.bulk_create(
        [Group.permissions.through(group_id=group, permission_id=permission) for group, permission in wanted - held],
        ignore_conflicts=True,
    )
    for group, permission in held - wanted:
        grants.filter(group_id=group, permission_id=permission).delete()


def _has_table(using: str, model: type[Model]) -> bool:
    return model._meta.db_table in connections[using].introspection.table_names()


def _ids_of(permissions: "QuerySet[Any]") -> dict[str, int]:
    labels = {name.partition(".")[0] for names in ROLES.values() for name in names}
    rows = permissions.filter(Q(content_type__app_label__in=labels))
    return {f"{label}.{name}": pk for label, name, pk in rows.values_list("content_type__app_label", "codename", "pk")}
