"""How much of what 1, 10 and 100 million members need: `python -m benchmarks.capacity`.

Costs are measured by the benchmarks beside this, on two cores with nothing else to do; habits are assumed. Change
either and run it again.
"""

from dataclasses import dataclass

# CPU of the web server for one call (`http`: 3.8 ms for the dearest, sending money), of one transfer inside PostgreSQL,
# key and rules included (`ledger`: 355 µs), of a small query (estimated); bytes of a transfer with its indexes.
REST_CPU_SECONDS = 0.0038
TRANSFER_CPU_SECONDS = 0.00036
QUERY_CPU_SECONDS = 0.0003
TRANSFER_BYTES = 250
NOTICE_BYTES = 600
SOCKET_KILOBYTES = 60

# Assumed, a member and month.
CALLS = 240
QUERIES_A_CALL = 3
CONTRIBUTIONS = 2.5
TRANSFERS_A_CONTRIBUTION = 3.2  # itself, its share of deposits and withdrawals with their holds, of payouts and fees
NOTICES = 12
ONLINE_SHARE = 0.02
BUSIEST_HOUR_SHARE = 0.12  # of a day's calls
BUSIEST_DAY_SHARE = 0.2  # of a month's contributions fall due on one evening
COLLECTED_WITHIN_SECONDS = 3600
USED_AT_MOST = 0.6  # of a core, so that a peak within the peak finds room

DAYS = 30.4
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Need:
    """What a number of members needs."""

    members: int

    @property
    def calls_a_second(self) -> float:
        """In the busiest hour."""
        return self.members * CALLS / DAYS * BUSIEST_HOUR_SHARE / HOUR

    @property
    def web_cores(self) -> float:
        """For them."""
        return self.calls_a_second * REST_CPU_SECONDS / USED_AT_MOST

    @property
    def payday_transfers_a_second(self) -> float:
        """While an evening's contributions are collected."""
        due = self.members * CONTRIBUTIONS * BUSIEST_DAY_SHARE
        return due * TRANSFERS_A_CONTRIBUTION / COLLECTED_WITHIN_SECONDS

    @property
    def database_cores(self) -> float:
        """For the busiest hour's reads and payday's transfers at once."""
        reads = self.calls_a_second * QUERIES_A_CALL * QUERY_CPU_SECONDS
        return (reads + self.payday_transfers_a_second * TRANSFER_CPU_SECONDS) / USED_AT_MOST

    @property
    def gigabytes_a_year(self) -> float:
        """Of transfers and notices; the rest is small beside them."""
        month = CONTRIBUTIONS * TRANSFERS_A_CONTRIBUTION * TRANSFER_BYTES + NOTICES * NOTICE_BYTES
        return self.members * month * 12 / 1e9

    @property
    def socket_gigabytes(self) -> float:
        """Memory of the sockets that are open in the busiest hour."""
        return self.members * ONLINE_SHARE * SOCKET_KILOBYTES / 1e6


def main() -> None:
    """Print the table as Markdown."""
    print("| members | calls/s | web cores | payday transfers/s | database cores | GB a year | sockets | their GB |")  # noqa: T201
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")  # noqa: T201
    for members in (1_000_000, 10_000_000, 100_000_000):
        need = Need(members)
        figures = (
            members,
            need.calls_a_second,
            need.web_cores,
            need.payday_transfers_a_second,
            need.database_cores,
            need.gigabytes_a_year,
            members * ONLINE_SHARE,
            need.socket_gigabytes,
        )
        print("| " + " | ".join(f"{figure:,.0f}" for figure in figures) + " |")  # noqa: T201


if __name__ == "__main__":
    main()
