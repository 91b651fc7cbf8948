-- Transaction ids can only be compared on one server, on one timeline (which ends with a failover or a point-in-time recovery) and
-- in one database. An epoch belongs to all three. After a move, changes are written under a new epoch and sort after all others.

-- "system identifier.timeline.database", with ? for what a managed server does not reveal. The timeline is read from the name of
-- the WAL file, because the control file has it only after the first checkpoint that follows a promotion. Security definer, so that
-- everyone who writes a change gets the same answer.
CREATE OR REPLACE FUNCTION feedmill_data.server_identity() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  server text := '?';
  timeline text := '?';
BEGIN
  BEGIN
    SELECT system_identifier::text INTO server FROM pg_control_system();
  EXCEPTION WHEN insufficient_privilege OR feature_not_supported OR undefined_function THEN NULL;
  END;
  BEGIN
    timeline := left(pg_walfile_name(pg_current_wal_lsn()), 8);
  EXCEPTION WHEN insufficient_privilege OR feature_not_supported OR undefined_function THEN NULL;
  END;
  RETURN concat_ws('.', server, timeline, (SELECT oid FROM pg_database WHERE datname = current_database()));
END $$;

-- Whether an epoch has changes with ids that this server has not reached yet: another server has written them. It is how a move
-- shows where a server does not reveal its identity.
CREATE OR REPLACE FUNCTION feedmill_data.has_future_changes(epoch integer) RETURNS boolean
LANGUAGE sql STABLE RETURN EXISTS (
  SELECT FROM feedmill_data.changes c
  WHERE c.epoch = has_future_changes.epoch AND c.tx >= pg_snapshot_xmax(pg_current_snapshot())
    AND c.tx IS DISTINCT FROM pg_current_xact_id_if_assigned());

-- Begins a new epoch if the database was moved, and remembers where it is. May run at any time and any number of times.
CREATE OR REPLACE FUNCTION feedmill_data.begin_epoch_if_moved() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  here constant text := feedmill_data.server_identity();
  moved boolean;
BEGIN
  SELECT server IS DISTINCT FROM here OR feedmill_data.has_future_changes(epoch) INTO moved FROM feedmill_data.contract FOR UPDATE;
  IF NOT moved THEN RETURN; END IF;
  -- Waits for all transactions that have written changes: none of the old epoch can be committed after the new one begins, since
  -- consumers take an old epoch for complete.
  LOCK TABLE feedmill_data.changes IN SHARE ROW EXCLUSIVE MODE;
  UPDATE feedmill_data.contract SET server = here, epoch = epoch + 1;
END $$;
