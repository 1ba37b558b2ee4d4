"""Every address of the sandbox."""

from django.urls import include, path

from contri.sandbox.checkout.views import checkout
from contri.sandbox.doors import by_method
from contri.sandbox.fcm import google
from contri.sandbox.fcm import views as fcm
from contri.sandbox.flutterwave import views as flutterwave
from contri.sandbox.identity import views as identity
from contri.sandbox.mailbox import views as mailbox
from contri.sandbox.pages import views as pages
from contri.sandbox.paystack import dispute_views
from contri.sandbox.sendgrid import views as sendgrid

urlpatterns = [
    path("", pages.overview, name="overview"),
    path("sandbox.css", pages.stylesheet, name="stylesheet"),
    path("webhooks/<int:number>/redeliver", by_method(POST=pages.redeliver), name="redeliver"),
    path("faults", pages.faults, name="faults"),
    path("bank-accounts", pages.bank_accounts, name="bank-accounts"),
    path("identity", identity.identity, name="identity"),
    path("google/oauth2/v3/certs", by_method(GET=identity.google_keys)),
    path("apple/auth/keys", by_method(GET=identity.apple_keys)),
    path("mailbox", mailbox.mailbox, name="mailbox"),
    path("mailbox.json", mailbox.mailbox_json),
    path("mailbox/<int:number>", mailbox.mail, name="mail"),
    path("flutterwave/checkout/<str:code>", flutterwave.checkout, name="flutterwave-checkout"),
    path("two-phones", pages.two_phones, name="two-phones"),
    path("two-phones.js", pages.two_phones_script, name="two-phones-script"),
    path("phone", fcm.phone, name="phone"),
    path("phone.json", fcm.phone_json),
    path("google/token", by_method(POST=google.token)),
    path("fcm/v1/projects/<str:project>/messages:send", by_method(POST=fcm.send)),
    path("sendgrid/v3/mail/send", by_method(POST=sendgrid.send)),
    path("checkout/<str:access_code>", checkout, name="checkout"),
    path("control", include("contri.sandbox.control")),
    # Not below /paystack: files go to a store of somebody else's.
    path("dispute-files/<str:name>", by_method(PUT=dispute_views.upload), name="dispute-file"),
    path("paystack/", include("contri.sandbox.paystack.urls")),
    path("flutterwave/", include("contri.sandbox.flutterwave.urls")),
    path("smileid/v1/", include("contri.sandbox.smileid.urls")),
]
