import type { Logger } from 'pino';
import { type Db, openDb } from '../db/client.js';
import { offersContract } from '../db/contract.js';
import { openEmbedded } from '../db/embedded.js';
import { migrateSchema, readSchemaState } from '../db/migrate.js';
import type { Role } from '../src/cli/app.js';
import type { Config } from '../src/config.js';
import { toHostKey } from '../src/hosts/host-key.js';
import { errorCode } from '../src/text/error-code.js';
import { UserError } from '../src/user-error.js';
import { type ConnectionPlan, planConnections } from './connection-plan.js';
import { explainDatabaseError } from './explain-database-error.js';
import type { HttpServer } from './http/server.js';
import { createLog, reportErrors } from './log.js';
import type { Metrics } from './metrics/metrics.js';
import { migrateQueues } from './postgres-queue.js';
import { openQueues, type Queues } from './queues.js';
import { settleClose } from './settle-close.js';
import type { Tracing } from './tracing/tracing.js';

/** SQLSTATE of a statement that our user has no right to. */
const INSUFFICIENT_PRIVILEGE = '42501';

/** What every process opens first and closes last. */
export interface App {
  /** The settings, and the politeness key of a URL by the setting HOST_KEY. */
  config: Config & { toHostKey(url: string): string };
  log: Logger;
  databaseUrl: string;
  embedded: boolean;
  db: Db;
  /** Opens the queues on the first call: most commands need none. */
  queues(): Queues;
  /** Migrates our schema and that of the queues. @returns whether there was anything to do */
  migrate(): Promise<boolean>;
  close(): Promise<void>;
  /** Only a process that runs a role has these two; the HTTP server also needs a free port. */
  metrics?: Metrics;
  http?: HttpServer;
  /** Present while traces are on. */
  tracing?: Tracing;
}

/** How `openApp` treats the database. */
export interface AppOptions {
  /**
   * What to do about a missing or outdated schema: migrate it, fail, or leave it. `read` fails like `require`, but where our user
   * may not look, as with the rights of the reader role, the version of the contract decides.
   */
  schema: 'migrate' | 'require' | 'read' | 'leave';
  /** What the process does with its connections. */
  role: Role;
  /** Absent when traces are off. */
  tracing?: Tracing | undefined;
}

/**
 * Opens the database (DATABASE_URL, or else the embedded one in FEEDMILL_DATA, started if needed) and checks its schema.
 * @throws {UserError} when it does not answer, refuses us, or its schema does not fit this version
 */
export async function openApp(config: Config, name: string, { schema, role, tracing }: AppOptions): Promise<App> {
  const log = createLog(config.log, name);
  const embedded = config.databaseUrl
    ? undefined
    : await openEmbedded(config.dataDir, config.embeddedPort).catch(throwAsUserError);
  const databaseUrl = config.databaseUrl ?? embedded?.url ?? '';
  const onError = reportErrors(log, 'the database connection');
  const plan = planConnections(config.databaseConnections, { role, queuesInPostgres: !config.redis });
  const db = openDb(databaseUrl, { max: plan.records, name: `feedmill ${name}`, onError });
  const queues = createQueueOpener(config, databaseUrl, plan, { log, tracing });

  const app: App = {
    config: { ...config, toHostKey: (url) => toHostKey(url, config.hostKey) },
    log,
    databaseUrl,
    embedded: embedded !== undefined,
    db,
    queues: queues.open,
    ...(tracing && { tracing }),
    async migrate() {
      const changed = await migrateSchema(databaseUrl, { ownsServer: embedded !== undefined });
      if (!config.redis) await migrateQueues(databaseUrl);
      return changed;
    },
    async close() {
      await queues.close();
      await settleClose(db.$client.end());
      await embedded?.close();
    },
  };
  try {
    await prepareSchema(app, schema);
  } catch (error) {
    await app.close();
    throw explainDatabaseError(error, databaseUrl);
  }
  return app;
}

/** The embedded database is this program's own, so commands migrate it without being asked. */
async function prepareSchema(app: App, schema: AppOptions['schema']): Promise<void> {
  if (schema === 'leave') return;
  if (schema === 'migrate' || app.embedded) await app.migrate();
  else if (!(await isCurrent(app, schema)))
    throw new UserError('The database is not set up for this version. Run: npx feedmill migrate');
}

async function isCurrent({ db }: App, schema: 'require' | 'read'): Promise<boolean> {
  try {
    return (await readSchemaState(db.$client)) === 'current';
  } catch (error) {
    if (schema === 'require' || errorCode(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    return offersContract(db.$client).catch(explainMissingRights);
  }
}

function explainMissingRights(error: unknown): never {
  if (errorCode(error) !== INSUFFICIENT_PRIVILEGE) throw error;
  throw new UserError(
    'This database user may not read the records. Have an administrator run, with its name: grant feedmill_reader to NAME',
    1,
    { cause: error },
  );
}

function createQueueOpener(
  { redis, leaseMs }: Config,
  databaseUrl: string,
  plan: ConnectionPlan,
  { log, tracing }: { log: Logger; tracing: Tracing | undefined },
) {
  let opened: Queues | undefined;
  return {
    open(): Queues {
      opened ??= openQueues({
        redis,
        databaseUrl,
        poolSize: plan.queue,
        leaseMs,
        tracing,
        onError: reportErrors(log, 'the queue'),
      });
      return opened;
    },
    close: async () => opened?.close(),
  };
}

function throwAsUserError(error: unknown): never {
  throw new UserError(error instanceof Error ? error.message : String(error), 1, { cause: error });
}
