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

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'feedmill_reader') THEN
    GRANT USAGE ON SCHEMA feedmill TO feedmill_reader;
    GRANT SELECT ON ALL TABLES IN SCHEMA feedmill TO feedmill_reader;
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA feedmill TO feedmill_reader;
  END IF;
END $$;
