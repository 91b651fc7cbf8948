import type { Logger } from 'pino';
import { type Db, maskPassword, openDb } from '../db/client.js';
import { openEmbedded } from '../db/embedded.js';
import { migrateSchema, NewerSchemaError, readSchemaState } from '../db/migrate.js';
import type { Config } from '../src/config.js';
import { toHostKey } from '../src/hosts/host-key.js';
import { UserError } from '../src/user-error.js';
import { createLog, reportErrors } from './log.js';
import { CLOSE_MS, migrateQueues, openQueues, type Queues, within } from './queues.js';

/** What every process of ours opens first and closes last. */
export interface App {
  /** The settings, and what they make of a URL's host. */
  config: Config & { toHostKey(url: string): string };
  log: Logger;
  databaseUrl: string;
  embedded: boolean;
  db: Db;
  /** Opened when first asked for: most commands need none. */
  queues(): Queues;
  /** Brings both schemas up to date. */
  migrate(): Promise<boolean>;
  close(): Promise<void>;
}

export interface AppOptions {
  /** What to do about a schema that is missing or older: bring it up to date, or say so. */
  schema: 'migrate' | 'require' | 'leave';
  poolSize?: number;
}

/**
 * Finds the database (DATABASE_URL, else the embedded one of FEEDMILL_DATA, started if need be), and checks that it fits.
 * @throws {UserError} when it does not answer, refuses us, or its schema is not ours.
 */
export async function openApp(config: Config, name: string, { schema, poolSize = 10 }: AppOptions): Promise<App> {
  const log = createLog(config.log, name);
  const embedded = config.databaseUrl
    ? undefined
    : await openEmbedded(config.dataDir, config.embeddedPort).catch(explainEmbedded);
  const databaseUrl = config.databaseUrl ?? embedded?.url ?? '';
  const db = openDb(databaseUrl, {
    max: poolSize,
    name: `feedmill ${name}`,
    onError: reportErrors(log, 'the database connection'),
  });

  let queues: Queues | undefined;
  const migrate = async () => {
    const changed = await migrateSchema(databaseUrl);
    if (!config.redisUrl) await migrateQueues(databaseUrl);
    return changed;
  };
  const close = async () => {
    await queues?.close();
    await within(CLOSE_MS, db.$client.end());
    await embedded?.close();
  };

  try {
    // What the embedded database holds is this program's own affair: commands bring it up to date unasked.
    if (schema === 'migrate' || (schema === 'require' && embedded)) await migrate();
    else if ((await readSchemaState(db.$client)) !== 'current' && schema === 'require') {
      throw new UserError('The database is not set up for this version. Run: feedmill migrate');
    }
  } catch (error) {
    await close();
    throw explainDatabase(error, databaseUrl);
  }

  return {
    config: { ...config, toHostKey: (url) => toHostKey(url, config.hostKey) },
    log,
    databaseUrl,
    embedded: embedded !== undefined,
    db,
    queues: () => {
      queues ??= openQueues({
        redisUrl: config.redisUrl,
        databaseUrl,
        leaseMs: config.leaseMs,
        onError: reportErrors(log, 'the queue'),
      });
      return queues;
    },
    migrate,
    close,
  };
}

function explainEmbedded(error: unknown): never {
  throw new UserError(error instanceof Error ? error.message : String(error), 1, { cause: error });
}

/** What a Postgres that refuses us means, in words; errors of ours stay as they are. */
function explainDatabase(error: unknown, url: string): unknown {
  if (error instanceof NewerSchemaError) return new UserError(error.message, 1, { cause: error });
  if (!(error instanceof Error) || error instanceof UserError) return error;
  const inner = error.cause instanceof Error ? error.cause : error;
  const code = 'code' in inner ? String(inner.code) : '';
  const { host, pathname, username } = new URL(url);
  const words: Record<string, string> = {
    ECONNREFUSED: `No Postgres answers at ${host}. Is it running?`,
    ENOTFOUND: `There is no host ${host}. Is DATABASE_URL right?`,
    EAI_AGAIN: `The host ${host} could not be looked up. Is DATABASE_URL right?`,
    ETIMEDOUT: `Postgres at ${host} does not answer.`,
    ECONNRESET: `Postgres at ${host} closed the connection.`,
    '3D000': `There is no database "${pathname.slice(1)}" at ${host}. Create it first: createdb ${pathname.slice(1)}`,
    '28P01': `Postgres at ${host} refuses the password of "${username}".`,
    '28000': `Postgres at ${host} does not let "${username}" in.`,
    '57P03': `Postgres at ${host} is starting up. Try again in a moment.`,
    '42501': `"${username}" may not create schemas in this database: ${inner.message}`,
  };
  const text = words[code];
  if (text) return new UserError(`${text}\n(DATABASE_URL is ${maskPassword(url)})`, 1, { cause: error });
  if (/timeout|terminated/i.test(inner.message))
    return new UserError(`Postgres at ${host} does not answer: ${inner.message}`, 1, { cause: error });
  return error;
}
