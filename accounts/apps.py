from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    """People, sign-in, PIN and identity."""

    name = "accounts"

    def ready(self) -> None:
        """Keep the founding rows there, whatever empties the tables, and listen to the app's own facts."""
        from accounts import receivers  # noqa: F401 - importing connects
        from accounts.founding_rows import write_founding_rows

        post_migrate.connect(write_founding_rows, sender=self, dispatch_uid="accounts.founding_rows")
