-- How the tables are stored and vacuumed (ARCHITECTURE.md, "Room for updates"). Settings take a light lock, which nobody waits for; what is
-- stored already stays as it is. Partitions have a million rows at most, so the defaults, which are shares of a table, fit them.

-- Two of three updates of a feed's row change due_at, which is indexed. The third, which counts the attempt, stays on its page.
ALTER TABLE feedmill_data.feeds SET (fillfactor = 80);--> statement-breakpoint
-- Messages are claimed, sent and deleted. No index has what changes.
ALTER TABLE feedmill_data.messages SET (fillfactor = 50);--> statement-breakpoint
-- Queues: each claim leaves dead entries at the low end of the index by due_at or turn_at, where the next claim begins. By default a
-- vacuum comes when a fifth of the table is dead: 200,000 rows of a million hosts.
ALTER TABLE feedmill_data.feeds SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);--> statement-breakpoint
ALTER TABLE feedmill_data.hosts SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);--> statement-breakpoint
ALTER TABLE feedmill_data.messages SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);--> statement-breakpoint
-- Large tables of which a small part changes: what a day adds, changes or deletes is vacuumed within days, not when a fifth of years has
-- changed. Statistics follow the newest rows, which most queries want.
ALTER TABLE feedmill_data.articles SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05,
  autovacuum_analyze_scale_factor = 0.02);--> statement-breakpoint
ALTER TABLE feedmill_data.entries SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05,
  autovacuum_analyze_scale_factor = 0.02);--> statement-breakpoint
ALTER TABLE feedmill_data.polls SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05,
  autovacuum_analyze_scale_factor = 0.02);--> statement-breakpoint
ALTER TABLE feedmill_data.changes SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05,
  autovacuum_analyze_scale_factor = 0.02);
