"""Everything kept on a person, for themselves."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models

from accounts.models import IdentityCheck, Pin, Session, User
from accounts.queries import social_accounts_of
from accounts.registries import export_parts
from contri.core.moments import rfc3339
from notifications.models import Device, Notification, SwitchedOff


def export_of(user: User) -> dict[str, Any]:
    """One section for each kind of thing; the apps above add theirs. Hashes, keys and tokens are nobody's to read."""
    sections: dict[str, Any] = {
        "account": {
            "id": str(user.pk),
            "email": user.email,
            "email_verified_at": _moment(user.email_verified_at),
            "first_name": user.first_name,
            "last_name": user.last_name,
            "proved_name": user.proved_name,
            "phone_number": user.phone_number,
            "avatar_url": user.avatar_url,
            "role": user.role,
            "kyc_status": user.kyc_status,
            "kyc_tier": user.kyc_tier,
            "referral_code": user.referral_code,
            "created_at": rfc3339(user.created_at),
            "last_login": _moment(user.last_login),
        },
        "sessions": _rows(
            Session.objects.filter(user=user), "user_agent", "address", "created_at", "last_used_at", "ended_at"
        ),
        "identity_checks": _rows(
            IdentityCheck.objects.filter(user=user), "id_type", "status", "result_text", "created_at", "decided_at"
        ),
        "social_accounts": [_social_account(account) for account in social_accounts_of(user)],
        "pin": _pin(user),
        "devices": _rows(Device.objects.filter(user=user), "platform", "created_at", "last_seen_at"),
        "switched_off": list(SwitchedOff.objects.filter(user=user).order_by("pk").values("channel", "kind")),
        "activity": _activity(user),
        "notices": _rows(Notification.objects.filter(recipient=user), "title", "body", "created_at", "read_at"),
    }
    for part in export_parts.ask(user):
        sections.update(part)
    return sections


def _pin(user: User) -> dict[str, str] | None:
    """That there is one, and since when; what it is nobody knows."""
    changed_at = Pin.objects.filter(user=user).values_list("changed_at", flat=True).first()
    return {"changed_at": rfc3339(changed_at)} if changed_at else None


def _social_account(account: SocialAccount) -> dict[str, Any]:
    return {
        "provider": account.provider,
        "subject": account.uid,
        "email": account.extra_data.get("email", ""),
        "created_at": rfc3339(account.date_joined),
    }


def _activity(user: User) -> list[dict[str, Any]]:
    """The audit trail about the account itself: sign-ins, failures, changes, and from which address."""
    entries = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk)
    ).order_by("action_time", "pk")
    return [_act(moment, json.loads(told)) for moment, told in entries.values_list("action_time", "change_message")]


def _act(moment: datetime, told: Any) -> dict[str, Any]:
    details = told if isinstance(told, dict) else {}
    return {"what": details.get("what", ""), "address": details.get("address", ""), "at": rfc3339(moment)}


def _rows(rows: "models.QuerySet[Any]", *names: str) -> list[dict[str, Any]]:
    return [dict(_plain(row.items())) for row in rows.order_by("created_at", "pk").values(*names)]


def _plain(items: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, Any]]:
    return ((name, _moment(value) if name.endswith("_at") else value) for name, value in items)


def _moment(value: Any) -> str | None:
    return rfc3339(value) if value is not None else None
