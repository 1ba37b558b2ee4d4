from django.apps import AppConfig


class WalletsConfig(AppConfig):
    """Everybody's money: the ledger, wallets, deposits, withdrawals, banks."""

    name = "wallets"

    def ready(self) -> None:
        """Listen to facts, and answer what accounts asks."""
        from wallets import answers, receivers

        receivers.connect()
        answers.register()
