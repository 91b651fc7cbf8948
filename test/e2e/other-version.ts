import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The list of migrations, by which versions differ. */
export const JOURNAL = 'db/migrations/meta/_journal.json';

export const git = async (...args: string[]): Promise<string> =>
  (await run('git', args, { maxBuffer: 10_000_000 })).stdout.trim();

/** Says loudly that a test of an upgrade does not run. */
export function warnOfObstacle(what: string, obstacle: string): void {
  console.warn(`\n${'!'.repeat(80)}\n${what} was NOT TESTED: ${obstacle}.\n${'!'.repeat(80)}\n`);
}

/** Settings under which the sample sites are polled about every second. */
export const QUICK_ENV = {
  ...{ REDIS_URL: '', LOG_FORMAT: 'json', LOG_LEVEL: 'error' },
  ...{ ALLOW_PRIVATE_HOSTS: '127.0.0.0/8', HOST_GAP_MS: '0', POLL_MIN: '1s', POLL_MAX: '2s', LEASE: '4s', FETCH_TIMEOUT: '2s' },
};

/** Runs one version of Feedmill, in the folder that its sources are in. */
export interface Version {
  /** Runs a command to its end. @returns what it prints. Rejects when it fails. */
  feedmill(...args: string[]): Promise<string>;
  /** Starts all roles. */
  start(): ChildProcess;
  remove(): Promise<void>;
}

/** Checks a revision out and builds it with the packages of this one. */
export async function checkOut(revision: string, env: () => NodeJS.ProcessEnv): Promise<Version> {
  const folder = await mkdtemp(join(tmpdir(), 'feedmill-version-'));
  await run('bash', ['-c', `git archive ${revision} | tar -x -C ${folder}`]);
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  await run(process.execPath, ['bin/feedmill.mjs', '--version'], { cwd: folder });
  const version = openVersion(folder, env);
  return {
    ...version,
    async remove() {
      await version.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The version in a folder, by default this one. */
export function openVersion(folder: string, env: () => NodeJS.ProcessEnv): Version {
  const running = new Set<ChildProcess>();
  const options = () => ({ cwd: folder, env: { ...process.env, ...QUICK_ENV, ...env() } });
  return {
    feedmill: async (...args) => (await run(process.execPath, ['bin/feedmill.mjs', ...args], options())).stdout,
    start() {
      const child = spawn(process.execPath, ['bin/feedmill.mjs', 'start', '--no-sampler'], {
        ...options(),
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      running.add(child);
      child.once('exit', () => running.delete(child));
      return child;
    },
    async remove() {
      for (const child of running) child.kill('SIGKILL');
    },
  };
}

/** Ends a process. */
export async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
