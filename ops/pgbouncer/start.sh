#!/bin/sh
# The password comes from the environment and is written where only this user reads it.
set -eu
umask 077
printf '"contri_app" "%s"\n' "$POSTGRES_APP_PASSWORD" > /run/pgbouncer/users
exec pgbouncer /etc/contri/pgbouncer.ini
