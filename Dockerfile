# syntax=docker/dockerfile:1
FROM python:3.11-slim AS packages
WORKDIR /build
COPY requirements/uv.txt requirements/base.txt ./
RUN python -m venv /venv \
 && pip install --no-cache-dir --require-hashes -r uv.txt \
 && VIRTUAL_ENV=/venv uv pip install --no-cache --require-hashes -r base.txt

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --no-create-home contri
WORKDIR /srv/contri
COPY --from=packages /venv /venv
COPY . .
USER contri
EXPOSE 8000
CMD ["daphne", "-b", "0.0.0.0", "-p", "8000", "contri.asgi:application"]
