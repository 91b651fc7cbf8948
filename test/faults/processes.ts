import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';

/** What a worker process does. */
export type Role = 'poller' | 'feeds' | 'articles';

/** The processes that run: one poller, one feed worker and two article workers. */
const ROLES: readonly Role[] = ['poller', 'feeds', 'articles', 'articles'];

/** Pause before a process that ended is started again, in ms, as by a supervisor. */
const RESTART_MS = 300;

/** The worker processes, kept alive like services of docker compose with `restart: unless-stopped`. */
export class Processes {
  #children: { role: Role; child: ChildProcess }[] = [];
  #wanted: { role: Role; env: Record<string, string> }[] = [];
  #stopping = false;
  readonly #log: WriteStream;

  constructor(
    private env: Record<string, string>,
    logFile: string,
  ) {
    this.#log = createWriteStream(logFile, { flags: 'a' }).setMaxListeners(0);
  }

  start(): void {
    this.#stopping = false;
    this.#wanted = ROLES.map((role) => ({ role, env: {} }));
    for (const { role, env } of this.#wanted) this.#spawn(role, env);
  }

  /** Runs another process of a role, with its own settings. @returns a function that ends it */
  add(role: Role, env: Record<string, string> = {}): () => Promise<void> {
    const child = this.#spawn(role, env, false);
    return async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        await ended;
      }
    };
  }

  /** The processes of a role that are running. */
  pids(role: Role): number[] {
    return this.#children.flatMap((one) => (one.role === role && one.child.pid !== undefined ? [one.child.pid] : []));
  }

  /** Sends a signal to one process of a role. */
  signal(role: Role, signal: NodeJS.Signals): ChildProcess {
    const found = this.#children.find((one) => one.role === role);
    if (!found) throw new Error(`no process of role ${role} is running`);
    found.child.kill(signal);
    return found.child;
  }

  /** Ends all processes and starts them with other settings. */
  async restartWith(env: Record<string, string>): Promise<void> {
    await this.stop();
    this.env = { ...this.env, ...env };
    this.start();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(
      this.#children.map(async ({ child }) => {
        const ended = once(child, 'exit');
        child.kill('SIGCONT');
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
        await ended;
        clearTimeout(timer);
      }),
    );
  }

  #spawn(role: Role, env: Record<string, string>, keep = true): ChildProcess {
    const child = spawn(process.execPath, ['bin/feedmill.mjs', 'start', role], {
      env: { ...process.env, ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.pipe(this.#log, { end: false });
    child.stderr.pipe(this.#log, { end: false });
    const entry = { role, child };
    this.#children.push(entry);
    child.once('exit', () => {
      this.#children = this.#children.filter((one) => one !== entry);
      if (!keep || this.#stopping) return;
      setTimeout(() => {
        if (!this.#stopping) this.#spawn(role, env);
      }, RESTART_MS);
    });
    return child;
  }
}
