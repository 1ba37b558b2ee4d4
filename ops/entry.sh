#!/bin/sh
# Before any role starts: an empty folder for what its processes count. Those of an earlier start are gone.
set -eu
rm -rf "$PROMETHEUS_MULTIPROC_DIR"
mkdir -p "$PROMETHEUS_MULTIPROC_DIR"
exec "$@"
