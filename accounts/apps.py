from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    """People, sign-in, PIN and identity."""

    name = "accounts"

    def ready(self) -> None:
        """Keep the founding rows there, whatever empties the tables; listen to own facts, tell the desk."""
        from accounts import desk, receivers  # noqa: F401 - importing receivers connects them
        from accounts.founding_rows import write_founding_rows

        post_migrate.connect(write_founding_rows, sender=self, dispatch_uid="accounts.founding_rows")
        desk.register()
