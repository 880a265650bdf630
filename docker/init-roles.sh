#!/usr/bin/env bash
# Runs once, on the empty PostgreSQL of docker-compose.yml: the same roles as everywhere
# (rcm/embedded/roles.sql), their passwords, the database.
set -euo pipefail

run() { psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" "$@"; }

run --dbname=template1 --file=/roles.sql
# psql reads the passwords from its environment, so they appear in no command line.
run --dbname=postgres <<'SQL'
\getenv owner_password RCM_OWNER_PASSWORD
\getenv app_password RCM_APP_PASSWORD
ALTER ROLE rcm_owner PASSWORD :'owner_password';
ALTER ROLE rcm_app PASSWORD :'app_password';
CREATE DATABASE rcm OWNER rcm_owner;
SQL
