-- Roles and extensions, for one database. Run by a superuser in template1 (so that every new
-- database, test databases too, has the extensions) and again after an upgrade; repeating is safe.
--
-- rcm_owner owns the schema and runs migrations. BYPASSRLS, because a data migration under FORCE
-- row-level security would change nothing, silently. rcm_app runs everything else, owns nothing
-- and stays behind the policies.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rcm_owner') THEN
        CREATE ROLE rcm_owner;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rcm_app') THEN
        CREATE ROLE rcm_app;
    END IF;
END
$$;
ALTER ROLE rcm_owner LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS;
ALTER ROLE rcm_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
