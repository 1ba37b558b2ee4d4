#!/bin/sh
# First start of the database only: who owns it, who serves from it, and how long the latter may wait for anything.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set owner_password="$POSTGRES_OWNER_PASSWORD" --set app_password="$POSTGRES_APP_PASSWORD" <<'SQL'
CREATE ROLE contri_owner LOGIN CREATEDB CREATEROLE PASSWORD :'owner_password';
ALTER ROLE contri_owner SET createrole_self_grant = 'set, inherit';
CREATE ROLE contri_runtime NOLOGIN;
GRANT contri_runtime TO contri_owner WITH ADMIN OPTION;
CREATE ROLE contri_app LOGIN PASSWORD :'app_password' IN ROLE contri_runtime;
-- A pooler in transaction mode passes no settings of a session on: they belong to the login.
ALTER ROLE contri_app SET lock_timeout = '3s';
ALTER ROLE contri_app SET statement_timeout = '5s';
ALTER ROLE contri_app SET idle_in_transaction_session_timeout = '10s';
CREATE DATABASE contri OWNER contri_owner;
REVOKE CONNECT ON DATABASE contri FROM PUBLIC;
GRANT CONNECT ON DATABASE contri TO contri_app;
SQL
