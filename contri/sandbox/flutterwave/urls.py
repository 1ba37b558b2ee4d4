"""Flutterwave's paths, below /flutterwave."""

from django.urls import path

from contri.sandbox.doors import by_method
from contri.sandbox.flutterwave import views

urlpatterns = [
    path("payments", by_method(POST=views.create_payment)),
    path("transactions/verify_by_reference", by_method(GET=views.verify_by_reference)),
    path("transactions/<str:number>/verify", by_method(GET=views.verify)),
    path("transactions", by_method(GET=views.list_payments)),
    path("balances/NGN", by_method(GET=views.balance)),
    path("tokenized-charges", by_method(POST=views.charge_token)),
    path("transfers", by_method(GET=views.list_transfers, POST=views.create_transfer)),
    path("transfers/<str:number>", by_method(GET=views.fetch_transfer)),
    path("accounts/resolve", by_method(POST=views.resolve_account)),
    path("banks/NG", by_method(GET=views.list_banks)),
]
