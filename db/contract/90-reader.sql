-- Runs at each migration: a role that was made later gets its rights then.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'feedmill_reader') THEN
    -- A role belongs to all databases of the server: two that are set up at once both try.
    CREATE ROLE feedmill_reader NOLOGIN;
    COMMENT ON ROLE feedmill_reader IS 'Reads the views and calls the functions of schema feedmill; nothing else.';
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
