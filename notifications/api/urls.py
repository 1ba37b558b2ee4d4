from django.urls import URLPattern, URLResolver, path

from notifications.api import views
from notifications.api.mail_events import mail_events

urlpatterns: list[URLPattern | URLResolver] = [
    path("notifications", views.NotificationListView.as_view(), name="notifications"),
    path("notifications/read", views.NotificationReadView.as_view(), name="notifications-read"),
    path("notifications/preferences", views.PreferencesView.as_view(), name="notification-preferences"),
    path("webhooks/sendgrid", mail_events, name="mail-events"),
    path("devices", views.DeviceListView.as_view(), name="devices"),
    # A token is opaque and may hold anything that a path may.
    path("devices/<path:token>", views.DeviceView.as_view(), name="device"),
]
