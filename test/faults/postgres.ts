import { execFile, spawnSync } from 'node:child_process';
import { appendFile, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { chooseOwner, findBinaries } from '../../db/embedded.js';

const run = promisify(execFile);

/** Connections of the server: few, so that a test can use up all of them. */
export const MAX_CONNECTIONS = 60;
/** Size of the server's own disk, in MiB, if we may mount one. */
const DISK_MIB = 700;

/** A Postgres server that the test can stop, suspend and run out of disk space. */
export class Postgres {
  readonly url: string;
  readonly #folder: string;
  readonly #dataDir: string;
  /** Whether the data is on its own small disk, which can be filled. */
  readonly hasOwnDisk: boolean;

  private constructor(
    folder: string,
    port: number,
    private readonly pgCtl: readonly string[],
    hasOwnDisk: boolean,
  ) {
    this.#folder = folder;
    this.#dataDir = join(folder, 'disk', 'data');
    this.hasOwnDisk = hasOwnDisk;
    this.url = `postgres://feedmill:feedmill@127.0.0.1:${port}/feedmill`;
  }

  static async start(folder: string, port: number): Promise<Postgres> {
    const binaries = await findBinaries();
    const owner = await chooseOwner();
    const disk = join(folder, 'disk');
    await mkdir(disk, { recursive: true });
    const mounted =
      owner.uid !== undefined && spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', disk]).status === 0;
    const dataDir = join(disk, 'data');
    await mkdir(dataDir, { mode: 0o700 });
    if (owner.uid !== undefined && owner.gid !== undefined) await chown(dataDir, owner.uid, owner.gid);
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, 'feedmill\n');
    const initdb = [...owner.prefix, binaries.initdb];
    await execute(
      [...initdb, '-D', dataDir, '-U', 'feedmill', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
      ['--encoding=UTF8', '--locale=C', '--no-sync'],
    );
    await appendFile(
      join(dataDir, 'postgresql.conf'),
      [
        `port = ${port}`,
        "listen_addresses = '127.0.0.1'",
        "unix_socket_directories = ''",
        `max_connections = ${MAX_CONNECTIONS}`,
        'shared_buffers = 64MB',
        'max_wal_size = 64MB',
        'min_wal_size = 32MB',
        'fsync = off',
        'logging_collector = off\n',
      ].join('\n'),
    );
    const server = new Postgres(folder, port, [...owner.prefix, binaries.pg_ctl], mounted);
    await server.boot();
    await server.query('create database feedmill', 'postgres');
    return server;
  }

  async boot(): Promise<void> {
    await execute(this.pgCtl, ['-D', this.#dataDir, '-w', '-t', '60', '-l', join(this.#dataDir, 'server.log'), 'start']);
  }

  /** `fast` shuts down in order. `immediate` is a crash: the next start recovers from the write-ahead log. */
  async halt(mode: 'fast' | 'immediate'): Promise<void> {
    await execute(this.pgCtl, ['-D', this.#dataDir, '-m', mode, '-w', '-t', '60', 'stop']);
  }

  async reload(): Promise<void> {
    await execute(this.pgCtl, ['-D', this.#dataDir, 'reload']);
  }

  /** Suspends or continues the server and all of its backends. */
  async signalAll(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const [line] = (await readFile(join(this.#dataDir, 'postmaster.pid'), 'utf8')).split('\n');
    const postmaster = Number(line);
    const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', String(postmaster)]).catch(() => ({ stdout: '' }));
    for (const pid of [postmaster, ...stdout.split('\n').map(Number)].filter((one) => one > 0)) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended since it was listed.
      }
    }
  }

  async connect(database = 'feedmill'): Promise<pg.Client> {
    const url = new URL(this.url);
    url.pathname = `/${database}`;
    const client = new pg.Client({ connectionString: url.href, application_name: 'faults', connectionTimeoutMillis: 10_000 });
    // Faults end our own sessions too. The queries that are running report it.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  async query<R extends pg.QueryResultRow>(sql: string, database = 'feedmill'): Promise<R[]> {
    const client = await this.connect(database);
    try {
      return (await client.query<R>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  /** Fills the disk. @returns a function that frees it */
  async fillDisk(): Promise<() => Promise<void>> {
    const file = join(this.#folder, 'disk', 'filler');
    spawnSync('dd', ['if=/dev/zero', `of=${file}`, 'bs=64k'], { stdio: 'ignore' });
    return () => rm(file, { force: true });
  }

  async close(): Promise<void> {
    await this.signalAll('SIGCONT');
    await this.halt('immediate').catch(() => undefined);
    if (this.hasOwnDisk) spawnSync('umount', ['-l', join(this.#folder, 'disk')]);
  }
}

async function execute(command: readonly string[], args: readonly string[]): Promise<void> {
  const [file = '', ...rest] = [...command, ...args];
  await run(file, rest, { timeout: 90_000, env: { ...process.env, LC_ALL: 'C' } });
}
