#!/bin/sh
# Run once, when the database is made: one role owns the tables and migrates them, another one serves.
set -eu

psql -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname "$POSTGRES_DB" \
  -v owner_password="$(cat "${SECRETS:-/run/secrets}/owner_password")" \
  -v serving_password="$(cat "${SECRETS:-/run/secrets}/serving_password")" <<'SQL'
create role pageside_owner login password :'owner_password';
create role pageside login password :'serving_password';
create schema chatkit authorization pageside_owner;
grant usage on schema chatkit to pageside;
alter default privileges for role pageside_owner in schema chatkit
  grant select, insert, update, delete on tables to pageside;
SQL
