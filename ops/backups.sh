#!/bin/sh
# A backup every six hours; after the first of each day, the proof that it restores. A failure is told by the readings
# that grow old (docs/runbooks/backups.md), and the next round tries again.
set -u
drilled=""
while :; do
    python manage.py backup --json || echo "backup failed" >&2
    today=$(date -u +%F)
    if [ "$drilled" != "$today" ] && [ -n "${BACKUP_IDENTITY_FILE:-}" ]; then
        python manage.py restore_drill --json && drilled=$today || echo "restore drill failed" >&2
    fi
    sleep 21600
done
