"""Not asking again at once what just did not answer."""

from time import monotonic

SECONDS = 5.0


class Quiet:
    """On for a few seconds after a failure, so that a hundred acts in a row do not each wait for the same time-out.

    Only for what may be skipped: nudges and hints, which save time and carry no truth.
    """

    def __init__(self) -> None:
        self._until = 0.0

    def start(self) -> None:
        """It did not answer."""
        self._until = monotonic() + SECONDS

    def is_on(self) -> bool:
        """Whether it did not answer a moment ago."""
        return monotonic() < self._until
