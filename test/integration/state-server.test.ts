import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.js';
import { type App, openApp } from '../../workers/app.js';
import { openHttp } from '../../workers/http/server.js';
import { createLog } from '../../workers/log.js';
import { withStateServer } from '../../workers/state-server.js';
import { createDatabase } from '../database.js';
import { freePort } from '../servers.js';

const { url } = await createDatabase();
const opened: App[] = [];
afterEach(async () => {
  for (const app of opened.splice(0)) {
    await app.http?.stop(0);
    await app.close();
  }
});

/** A process that runs `role`, as far as it can be asked from outside. */
async function serve(
  env: Record<string, string> = {},
  { role = 'articles', schema = 'leave' }: { role?: 'articles' | 'feeds'; schema?: 'leave' | 'migrate' } = {},
) {
  const config = loadConfig({ DATABASE_URL: url, LOG_LEVEL: 'silent', HTTP_PORT: '0', ...env });
  const app = await openApp(config, 'test', { schema, role });
  opened.push(app);
  const serving = await withStateServer(app, role, '1.2.3');
  opened.push({ ...serving, close: async () => undefined });
  const ask = async (path: string, init?: RequestInit) => {
    const response = await fetch(`http://127.0.0.1:${serving.http?.port}${path}`, init);
    return { status: response.status, text: await response.text(), type: response.headers.get('content-type') };
  };
  return { ask, port: serving.http?.port };
}

describe('a process', () => {
  it('says that it is alive and ready, and shows its metrics', async () => {
    const { ask } = await serve({}, { schema: 'migrate' });
    expect(await ask('/health')).toMatchObject({ status: 200, text: 'ok' });
    expect(await ask('/ready')).toMatchObject({ status: 200, text: 'ready' });
    const metrics = await ask('/metrics');
    expect(metrics).toMatchObject({ status: 200, type: expect.stringContaining('text/plain; version=0.0.4') });
    expect(metrics.text).toContain(
      `feedmill_build_info{version="1.2.3",role="articles",queue="postgres",node="${process.version}"} 1`,
    );
    expect(metrics.text).toMatch(/^feedmill_database_connections_limit \d/m);
    // Only the poller describes the whole installation.
    expect(metrics.text).not.toContain('feedmill_database_size_bytes');
    expect((await ask('/metrics', { method: 'POST' })).status).toBe(404);
    expect((await ask('/__proto__')).status).toBe(404);
  });

  it('is alive but not ready without its database', async () => {
    const { url: gone, admin } = await createDatabase();
    const { ask } = await serve({ DATABASE_URL: gone }, { schema: 'migrate' });
    const name = new URL(gone).pathname.slice(1);
    await admin.query(`alter database ${name} with allow_connections false`);
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
    expect((await ask('/health')).status).toBe(200);
    expect(await ask('/ready')).toMatchObject({ status: 503, text: expect.stringContaining('the database does not answer') });
  });

  it('is not ready without its queue', async () => {
    const { ask } = await serve({ REDIS_URL: 'redis://127.0.0.1:1' });
    expect(await ask('/ready')).toMatchObject({ status: 503, text: 'the queue does not answer' });
  });

  it('is not ready while its database is not migrated', async () => {
    const { url: empty } = await createDatabase({ migrated: false });
    const { ask } = await serve({ DATABASE_URL: empty, REDIS_URL: '' });
    const { status, text } = await ask('/ready');
    expect({ status, text }).toMatchObject({ status: 503, text: expect.stringContaining('not migrated') });
  });
});

describe('the port', () => {
  const log = createLog({ level: 'silent', format: 'json' }, 'test');
  const open = (port: number, exactPort = false) => openHttp({ log, http: { host: '127.0.0.1', port, exactPort } });

  it('is the next free one when another process has it', async () => {
    const port = await freePort();
    const [first, second] = [await open(port), await open(port)];
    expect(first?.port).toBe(port);
    expect(second?.port).toBeGreaterThan(port);
    await Promise.all([first?.stop(0), second?.stop(0)]);
  });

  it('must be exactly the one that hubs know', async () => {
    const { port = 0 } = await serve();
    const taken = { HTTP_PORT: String(port), PUBLIC_URL: 'https://feedmill.example' };
    await expect(serve(taken, { role: 'feeds' })).rejects.toThrow(/EADDRINUSE.* its own HTTP_PORT/);
    expect((await serve(taken)).port).toBeGreaterThan(port);
  });

  it('can be off', async () => {
    expect((await serve({ HTTP_PORT: 'off' })).port).toBeUndefined();
  });
});
