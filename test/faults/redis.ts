import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { Redis as Client } from 'ioredis';

/** The name of the Redis server that is installed on this machine; undefined when there is none. */
export const findRedisProgram = (): string | undefined =>
  ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0);

/** A Redis server for one test, which keeps its data across a restart. */
export class RedisServer {
  readonly url: string;
  #server: ChildProcess | undefined;

  constructor(
    private readonly program: string,
    private readonly folder: string,
    private readonly port: number,
  ) {
    this.url = `redis://127.0.0.1:${port}`;
  }

  async boot(): Promise<void> {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder];
    const durable = ['--appendonly', 'yes', '--save', '', '--maxmemory-policy', 'noeviction'];
    this.#server = spawn(this.program, [...options, ...durable], { stdio: 'ignore' });
    await this.command('PING');
  }

  async halt(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const server = this.#server;
    if (!server || server.exitCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGCONT');
    server.kill(signal);
    await ended;
  }

  signal(signal: NodeJS.Signals): void {
    this.#server?.kill(signal);
  }

  async command(name: string, ...args: string[]): Promise<unknown> {
    const client = new Client(this.url, { maxRetriesPerRequest: null });
    client.on('error', () => undefined);
    try {
      return await client.call(name, ...args);
    } finally {
      client.disconnect();
    }
  }
}
