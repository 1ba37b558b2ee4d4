from django.apps import AppConfig


class BackupsConfig(AppConfig):
    """Encrypted copies of the database, and the proof that they restore."""

    name = "contri.backups"
    label = "backups"
