"""An idle tick of the beat at 1,000 and at 100,000 circles, each with ten acts done and one to come: the time of a
tick and PostgreSQL's own plan for it. Exits with 1 when the larger database makes it read more.
"""

import statistics
import time
from datetime import UTC, datetime

from django.db import connection, transaction
from rich.console import Console

from circles import services
from circles.models import ScheduledAct

SIZES = (1_000, 100_000)
DONE_A_CIRCLE = 10
TICKS = 300
NOW = datetime(2027, 1, 1, tzinfo=UTC)
# Straight into the tables: what is measured is reading them.
FILL = """
INSERT INTO accounts_user (id, email, password, first_name, last_name, role, is_active, is_staff, is_superuser,
                           kyc_status, kyc_tier, referral_code, avatar, proved_name)
VALUES ('00000000-0000-7000-8000-000000000001', 'bench@example.ng', '!', '', '', 'member', true, false, false,
        'none', 0, 'BENCHMRK', '', '') ON CONFLICT DO NOTHING;
INSERT INTO circles_circle (id, name, host_id, status, invite_code, charter_number, amount_kobo, frequency,
                            cycle_start_date, size, payout_order, shortfall_policy, grace_days, due_time,
                            needs_approval, late_fee_kobo, late_fee_to, deposit_kobo, reserve_kobo,
                            security_taken_at, auction_floor_percent, bids_close_days, assigned_order,
                            draw_commitment, draw_seed, paused_from, locked_at)
SELECT gen_random_uuid(), 'circle ' || n, '00000000-0000-7000-8000-000000000001', 'active', 'B' || n, 1, 100000,
       'weekly', '2027-01-04', 2, 'join_order', 'pay_collected', 2, '18:00', false, 0, 'reserve', 0, 0, 'locking',
       80, 1, '[]', '', '', '', now()
FROM generate_series(%(first)s, %(last)s) AS n;
INSERT INTO circles_scheduledact (id, circle_id, kind, number, state, due_at, next_try_at, done_at,
                                  attempts, last_error)
SELECT gen_random_uuid(), circle.id, 20, n, CASE WHEN n = 0 THEN 'pending' ELSE 'done' END,
       moment, moment, CASE WHEN n = 0 THEN NULL ELSE moment END, 0, ''
FROM circles_circle AS circle
CROSS JOIN generate_series(0, %(done)s) AS n
CROSS JOIN LATERAL (SELECT '2027-02-01'::timestamptz - n * interval '40 days' AS moment) AS due
WHERE NOT EXISTS (SELECT FROM circles_scheduledact AS act WHERE act.circle_id = circle.id);
"""


def main() -> int:
    """Fill, measure, tell; 1 when the cost grows."""
    console = Console()
    read, filled = [], 0
    for size in SIZES:
        fill(filled + 1, size)
        filled = size
        milliseconds, buffers, plan = measure()
        read.append(buffers)
        console.print(f"\n{size:,} circles, {size * (DONE_A_CIRCLE + 1):,} acts: {milliseconds:.2f} ms a tick (median)")
        console.print(plan, highlight=False)
    # The index is one level deeper; nothing else may be read.
    return 0 if read[-1] <= read[0] + 2 else 1


def fill(first: int, last: int) -> None:
    """Circles number `first` to `last`, with their acts."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(FILL, {"first": first, "last": last, "done": DONE_A_CIRCLE})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE circles_scheduledact")


def measure() -> tuple[float, int, str]:
    """Median milliseconds of an idle tick, the blocks it reads, and its plan."""
    seconds = []
    for _ in range(TICKS):
        began = time.perf_counter()
        services.turn_circles(at=NOW)
        seconds.append(time.perf_counter() - began)
    due = ScheduledAct.objects.filter(state="pending", next_try_at__lte=NOW)
    plan = due.order_by("next_try_at", "kind", "pk")[:1].explain(analyze=True, buffers=True, timing=False)
    hits = plan.partition("shared hit=")[2].split()[0] if "shared hit=" in plan else "0"
    return statistics.median(seconds) * 1000, int(hits), plan
