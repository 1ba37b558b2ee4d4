"""Paystack's paths, below /paystack."""

from django.urls import path

from contri.sandbox.doors import by_method
from contri.sandbox.paystack import dispute_views, views

urlpatterns = [
    path("transaction", by_method(GET=views.list_transactions)),
    path("transaction/initialize", by_method(POST=views.initialize_transaction)),
    path("transaction/charge_authorization", by_method(POST=views.charge_authorization)),
    path("transaction/verify/<path:reference>", by_method(GET=views.verify_transaction)),
    path("transaction/<str:number>", by_method(GET=views.fetch_transaction)),
    path("refund", by_method(GET=views.list_refunds, POST=views.create_refund)),
    path("refund/<str:number>", by_method(GET=views.fetch_refund)),
    path("bank", by_method(GET=views.list_banks)),
    path("bank/resolve", by_method(GET=views.resolve_account)),
    path("transferrecipient", by_method(POST=views.create_recipient)),
    path("transfer", by_method(GET=views.list_transfers, POST=views.create_transfer)),
    path("transfer/finalize_transfer", by_method(POST=views.finalize_transfer)),
    path("transfer/verify/<path:reference>", by_method(GET=views.verify_transfer)),
    path("transfer/<str:code>", by_method(GET=views.fetch_transfer)),
    path("dispute", by_method(GET=dispute_views.list_disputes)),
    path("dispute/<str:number>/upload_url", by_method(GET=dispute_views.place_for_file)),
    path("dispute/<str:number>/evidence", by_method(POST=dispute_views.add_evidence)),
    path("dispute/<str:number>/resolve", by_method(PUT=dispute_views.resolve_dispute)),
    path("dispute/<str:number>", by_method(GET=dispute_views.fetch_dispute)),
    path("balance", by_method(GET=views.balance)),
]
