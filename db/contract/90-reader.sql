-- Runs at every migration, so that a role that was created later gets its rights.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'feedmill_reader') THEN
    -- Roles belong to the whole server: two databases that are set up at once both try to create it.
    CREATE ROLE feedmill_reader NOLOGIN;
    COMMENT ON ROLE feedmill_reader IS 'May read the views and call the functions of schema feedmill, and nothing else.';
  END IF;
EXCEPTION
  WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN NULL;
END $$;

-- Consumers have schemas of their own (`feedmill check --schema`).
REVOKE CREATE ON SCHEMA feedmill, feedmill_data, feedmill_admin FROM PUBLIC;

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'feedmill_reader') THEN
    REVOKE CREATE ON SCHEMA feedmill FROM feedmill_reader;
    GRANT USAGE ON SCHEMA feedmill TO feedmill_reader;
    GRANT SELECT ON ALL TABLES IN SCHEMA feedmill TO feedmill_reader;
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA feedmill TO feedmill_reader;
  END IF;
END $$;

-- Temporary tables are everybody's by default. Only the owner of the database may take that away.
DO $$
BEGIN
  IF has_database_privilege('public', current_database(), 'temporary')
    AND (SELECT pg_has_role(datdba, 'usage') FROM pg_database WHERE datname = current_database())
  THEN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  END IF;
END $$;

-- Takes from all roles what only superusers can take away, in this database: advisory locks (the job queue uses them), large
-- objects, and functions that give a reader a transaction id, which delays the change cursor. For a superuser to call, in a
-- database that holds nothing but Feedmill. Our own user keeps the rights.
CREATE OR REPLACE FUNCTION feedmill_data.restrict_public() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  call regprocedure;
  own constant name := (SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'feedmill_data');
BEGIN
  FOR call IN
    SELECT p.oid FROM pg_proc p
    WHERE p.pronamespace = 'pg_catalog'::regnamespace AND has_function_privilege('public', p.oid, 'execute') AND (
      p.proname ~ '^pg_(try_)?advisory_(xact_)?lock'
      OR p.proname IN (
        'lo_creat', 'lo_create', 'lo_from_bytea', 'lo_put', 'lowrite', 'pg_current_xact_id', 'txid_current',
        'pg_logical_emit_message'))
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %s', call, own);
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', call);
  END LOOP;
END $$;
