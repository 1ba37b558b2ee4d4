from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """What people are told, and how it reaches them."""

    name = "notifications"

    def ready(self) -> None:
        """Listen to this app's own facts."""
        from notifications import desk, receivers

        receivers.connect()
        desk.register()
