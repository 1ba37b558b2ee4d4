"""How Flutterwave says no."""


class FlutterwaveRefusalError(Exception):
    """An answer with `status: error`."""

    def __init__(self, message: str, http_status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.http_status = http_status


def no_transaction() -> FlutterwaveRefusalError:
    """Nobody has tried to pay under this reference, or there is no such id."""
    return FlutterwaveRefusalError("No transaction was found for this id", 404)


def duplicate_transfer() -> FlutterwaveRefusalError:
    """A transfer has this reference already: an earlier attempt arrived."""
    return FlutterwaveRefusalError("Transfer creation failed: Duplicate reference")
