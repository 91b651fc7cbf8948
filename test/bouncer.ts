import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';

/** Whether a PgBouncer is installed on this machine. */
export const hasBouncer = (): boolean => spawnSync('pgbouncer', ['--version']).status === 0;

/** A PgBouncer in transaction mode in front of a Postgres. */
export class Bouncer {
  /** The address of the database through this PgBouncer. */
  readonly url: string;
  #process: ChildProcess | undefined;

  constructor(
    private readonly folder: string,
    private readonly port: number,
    private readonly postgresUrl: string,
  ) {
    const url = new URL(postgresUrl);
    url.host = `127.0.0.1:${port}`;
    this.url = url.href;
  }

  async boot(): Promise<void> {
    const users = join(this.folder, 'users.txt');
    const settings = join(this.folder, 'pgbouncer.ini');
    const { username, password, hostname, port } = new URL(this.postgresUrl);
    await writeFile(users, `"${username}" "${password}"\n`);
    await writeFile(
      settings,
      `[databases]\n* = host=${hostname} port=${port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n` +
        `listen_port = ${this.port}\nunix_socket_dir =\nauth_type = plain\nauth_file = ${users}\npool_mode = transaction\n` +
        'max_client_conn = 200\ndefault_pool_size = 15\n',
    );
    await chmod(this.folder, 0o755);
    // PgBouncer refuses to run as root.
    const asUser = process.getuid?.() === 0 ? ['--user', 'nobody'] : [];
    this.#process = spawn('pgbouncer', [...asUser, settings], { stdio: 'ignore' });
    while (!(await this.#answers())) await new Promise((done) => setTimeout(done, 50));
  }

  async halt(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (!running || running.exitCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
  }

  #answers(): Promise<boolean> {
    return new Promise((done) => {
      const socket = connect(this.port, '127.0.0.1', () => done(true));
      socket.once('error', () => done(false)).once('connect', () => socket.destroy());
    });
  }
}
