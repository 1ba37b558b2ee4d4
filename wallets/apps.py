from django.apps import AppConfig


class WalletsConfig(AppConfig):
    """Everybody's money: the ledger, wallets, deposits, withdrawals, banks."""

    name = "wallets"

    def ready(self) -> None:
        """Listen to facts, answer what accounts asks, watch over the ledger's guards."""
        from wallets import answers, checks, desk, receivers, two_person_acts

        receivers.connect()
        answers.register()
        checks.register()
        desk.register()
        two_person_acts.register()
