from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Demo people and the story that shows a circle from sign-up to its last payout."""

    name = "contri.demo"
    label = "demo"
