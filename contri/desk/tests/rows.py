"""The rows of the staff desk: which roles open a page, see a table, are offered an action. A superuser does all of it.

Roles that are allowed because they are roles at all are ROLES; with staff in no role beside them, STAFF.
"""

Row = tuple[str, ...]

ROLES = ("support", "compliance", "finance maker", "finance checker", "auditor")
STAFF = ("no role", *ROLES)

PAGES: dict[str, Row] = {
    "second-factor/": STAFF,
    "second-factor/enrol/": STAFF,
    "second-factor/codes/": STAFF,
    "second-factor/keys/": STAFF,
    "search/": STAFF,
    "money/<uuid:transaction_id>/": ROLES,
    "circle/<uuid:circle_id>/health/": ROLES,
    "": STAFF,
    "login/": STAFF,
    "password_change/": STAFF,
    "password_change/done/": STAFF,
    "jsi18n/": STAFF,
    "r/<path:content_type_id>/<path:object_id>/": STAFF,
}

# Leaving is posted, and so is what a key answered, or taking one away; completing is asked with the name of a field,
# and answers by the table's own row.
ASKED_OTHERWISE = ("autocomplete/", "logout/", "second-factor/key/", "second-factor/keys/<int:key_id>/remove/")

# Each with its list, its rows one by one, and, for EXPORTS, the list as a file. Nobody adds to it or deletes from it.
LISTS: dict[str, Row] = {
    "accounts.identitycheck": ROLES,
    "accounts.session": ROLES,
    "accounts.tierrule": ROLES,
    "accounts.user": ROLES,
    "admin.logentry": ROLES,
    "circles.appeal": ROLES,
    "circles.cardpayment": ROLES,
    "circles.chatmessage": ROLES,
    "circles.circle": ROLES,
    "circles.contribution": ROLES,
    "circles.debt": ROLES,
    "circles.payout": ROLES,
    "circles.refund": ROLES,
    "circles.scheduledact": ROLES,
    "core.staffrequest": ROLES,
    "notifications.device": ROLES,
    "notifications.maildelivery": ROLES,
    "notifications.notification": ROLES,
    "notifications.pushdelivery": ROLES,
    "notifications.unreachableaddress": ROLES,
    "socialaccount.socialaccount": ROLES,
    "wallets.bankaccount": ROLES,
    "wallets.card": ROLES,
    "wallets.deposit": ROLES,
    "wallets.dispute": ROLES,
    "wallets.ledgeraccount": ROLES,
    "wallets.ledgerjournal": ROLES,
    "wallets.ledgertransfer": ROLES,
    "wallets.parkedcredit": ROLES,
    "wallets.reconciliationitem": ROLES,
    "wallets.reconciliationrun": ROLES,
    "wallets.refund": ROLES,
    "wallets.suspenseitem": ROLES,
    "wallets.transaction": ROLES,
    "wallets.wallet": ROLES,
    "wallets.withdrawal": ROLES,
    "webhooks.inboundevent": ROLES,
    "webhooks.webhookrefusal": ROLES,
    "circles.discountshare": ROLES,
    "circles.handover": ROLES,
    "circles.membership": ROLES,
    "circles.nominee": ROLES,
    "circles.vote": ROLES,
    "django_celery_beat.periodictask": ROLES,
}
EXPORTS = ("compliance", "finance maker", "finance checker", "auditor")

# Tables with masked columns, and who may look behind the mask of a row, with a reason.
REVEALS: dict[str, Row] = {
    "accounts.session": ("support", "compliance"),
    "accounts.user": ("support", "compliance"),
    "circles.nominee": ("support", "compliance"),
    "notifications.notification": ("support", "compliance"),
    "notifications.pushdelivery": ("support", "compliance"),
    "notifications.unreachableaddress": ("support", "compliance"),
    "socialaccount.socialaccount": ("support", "compliance"),
    "webhooks.inboundevent": ("compliance",),
}

# What a table has besides, or otherwise than the others.
OWN_PAGES: dict[str, Row] = {
    "accounts/tierrule/add/": ("finance maker",),
}

ACTIONS: dict[str, Row] = {
    "accounts.identitycheck approve": ("compliance",),
    "accounts.identitycheck reject": ("compliance",),
    "accounts.identitycheck try_again": ("compliance",),
    "accounts.user appoint": (),
    "accounts.user ban": ("compliance",),
    "accounts.user dismiss": (),
    "accounts.user grant_tier_3": ("compliance",),
    "accounts.user lift_ban": ("compliance",),
    "accounts.user reset_second_factor": (),
    "accounts.user vouch_for_address": ("support", "compliance"),
    "circles.appeal grant": ("compliance",),
    "circles.appeal reject": ("compliance",),
    "circles.cardpayment try_again": ("finance maker",),
    "circles.chatmessage hide": ("support", "compliance"),
    "circles.chatmessage let_stand": ("support", "compliance"),
    "circles.circle cancel": ("compliance",),
    "circles.circle dissolve": ("compliance",),
    "circles.circle pause": ("compliance",),
    "circles.circle resume": ("compliance",),
    "circles.membership expel": ("compliance",),
    "circles.membership record_death": ("compliance",),
    "core.staffrequest approve": ROLES,
    "core.staffrequest decline": ROLES,
    "core.staffrequest take_back": ROLES,
    "notifications.maildelivery send_again": ("support",),
    "notifications.unreachableaddress write_again": ("support",),
    "wallets.bankaccount confirm": ("compliance",),
    "wallets.dispute ask_acceptance": ("finance maker",),
    "wallets.dispute contest": ("finance maker",),
    "wallets.dispute try_again": ("finance maker",),
    "wallets.reconciliationitem explain": ("finance maker",),
    "wallets.refund try_again": ("finance maker",),
    "wallets.suspenseitem ask_credit": ("finance maker",),
    "wallets.suspenseitem ask_refund": ("finance maker",),
    "wallets.suspenseitem ask_write_off": ("finance maker",),
    "wallets.transaction ask_reversal": ("finance maker",),
    "wallets.wallet ask_write_off": ("finance maker",),
    "wallets.withdrawal ask_release": ("finance maker",),
    "wallets.withdrawal confirm": ("finance maker",),
    "wallets.withdrawal try_again": ("finance maker",),
    "webhooks.inboundevent replay": ("support",),
}
