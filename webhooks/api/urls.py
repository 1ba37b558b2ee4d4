from django.urls import URLPattern, URLResolver, path

from webhooks.api import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("webhooks/paystack", views.PaystackWebhookView.as_view(), name="webhook-paystack"),
    path("webhooks/flutterwave", views.FlutterwaveWebhookView.as_view(), name="webhook-flutterwave"),
    path("webhooks/smileid", views.SmileIdWebhookView.as_view(), name="webhook-smileid"),
    path("webhooks/smileid/<str:token>", views.SmileIdJobWebhookView.as_view(), name="webhook-smileid-job"),
]
