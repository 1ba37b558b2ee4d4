"""The hash chain over the audit trail. Written in the background, so that no act waits for another one's audit row.

A trigger notes each new LogEntry in `audit_unchained`; `chain_audit` moves those notes into `audit_link`, each with a
digest over the row and the digest before it. Whoever kept a link's digest elsewhere (it is logged with every run) can
prove later that no row up to it was changed, added or taken away, not even by the database's administrator.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.contrib.admin.models import LogEntry
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from contri.core.models import AuditLink, AuditUnchained

logger = logging.getLogger(__name__)

GENESIS = bytes(32)
CHUNK = 2_000
# Any number that no other advisory lock of ours uses: there is one writer of the chain at a time.
CHAIN_LOCK = 0x61756474


@dataclass(frozen=True, slots=True)
class Tampering:
    """Something in the trail that is not as it was chained."""

    position: int | None
    entry: int
    finding: str


def chain_audit(*, limit: int = CHUNK) -> int:
    """Put up to `limit` waiting rows into the chain, oldest first; returns how many. Two callers at once are safe."""
    with transaction.atomic():
        if not _is_only_writer():
            return 0
        waiting = list(AuditUnchained.objects.order_by("pk").values_list("pk", flat=True)[:limit])
        links = list(_links(waiting, AuditLink.objects.order_by("-position").first()))
        AuditLink.objects.bulk_create(links)
        AuditUnchained.objects.filter(pk__in=[link.entry_id for link in links]).delete()
    if links:
        logger.info("audit chain: %s %s", links[-1].position, links[-1].digest.hex())
    return len(links)


def chain_all() -> int:
    """Put everything that waits into the chain; returns how many rows that were."""
    total = 0
    while chained := chain_audit():
        total += chained
    return total


def audit_trail_tampering(on_link: Callable[[AuditLink], None] = lambda link: None) -> Iterator[Tampering]:
    """Everything that is not as it was chained: rows changed, taken away or slipped in, links out of order."""
    previous, expected = GENESIS, 1
    for link in _chain():
        if link.position != expected:
            yield Tampering(link.position, link.entry_id, f"links {expected} to {link.position - 1} are missing")
        elif finding := _fault(link, previous):
            yield Tampering(link.position, link.entry_id, finding)
        # From here on by what the link says: one altered row is one finding, not all that come after it.
        previous, expected = bytes(link.digest), link.position + 1
        on_link(link)
    yield from _outside_the_chain()


def head() -> AuditLink | None:
    """The newest link: its position and digest are what to keep elsewhere."""
    return AuditLink.objects.order_by("-position").first()


def holds(*, position: int, digest: str) -> bool:
    """Whether the chain still has the link that somebody kept a copy of; `digest` in hex."""
    link = AuditLink.objects.filter(pk=position).first()
    return link is not None and bytes(link.digest).hex() == digest


def _is_only_writer() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [CHAIN_LOCK])
        return bool(cursor.fetchone()[0])


def _links(waiting: list[int], last: AuditLink | None) -> Iterator[AuditLink]:
    position = last.position if last else 0
    digest = bytes(last.digest) if last else GENESIS
    for entry in LogEntry.objects.filter(pk__in=waiting).order_by("pk"):
        position, digest = position + 1, _digest(digest, entry)
        yield AuditLink(position=position, entry_id=entry.pk, digest=digest)


def _digest(previous: bytes, entry: LogEntry) -> bytes:
    columns = [
        entry.pk,
        entry.action_time.isoformat(),
        str(entry.user_id),
        entry.content_type_id,
        entry.object_id,
        entry.object_repr,
        entry.action_flag,
        entry.change_message,
    ]
    return hashlib.sha256(previous + json.dumps(columns).encode()).digest()


def _chain() -> Iterator[AuditLink]:
    """All links in order with their rows, a chunk at a time: a year's trail does not fit into memory."""
    after = 0
    while chunk := list(AuditLink.objects.filter(position__gt=after).order_by("position")[:CHUNK]):
        entries = LogEntry.objects.in_bulk([link.entry_id for link in chunk])
        for link in chunk:
            if link.entry_id in entries:
                link.entry = entries[link.entry_id]
            yield link
        after = chunk[-1].position


def _fault(link: AuditLink, previous: bytes) -> str:
    if not AuditLink.entry.is_cached(link):
        return "the row is gone"
    return "" if _digest(previous, link.entry) == bytes(link.digest) else "the row, or its link, was changed"


def _outside_the_chain() -> Iterator[Tampering]:
    linked = AuditLink.objects.filter(entry_id=OuterRef("pk"))
    waiting = AuditUnchained.objects.filter(pk=OuterRef("pk"))
    strays = LogEntry.objects.exclude(Exists(linked)).exclude(Exists(waiting))
    for pk in strays.order_by("pk").values_list("pk", flat=True):
        yield Tampering(None, pk, "the row is in no chain and does not wait for one")
    gone = AuditUnchained.objects.exclude(Exists(LogEntry.objects.filter(pk=OuterRef("pk"))))
    for pk in gone.order_by("pk").values_list("pk", flat=True):
        yield Tampering(None, pk, "the row was taken away before it was chained")
