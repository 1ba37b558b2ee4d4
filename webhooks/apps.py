from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """What providers tell us."""

    name = "webhooks"

    def ready(self) -> None:
        """Listen to this app's own facts."""
        from webhooks import desk, receivers

        receivers.connect()
        desk.register()
