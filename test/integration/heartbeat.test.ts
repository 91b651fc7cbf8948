import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.js';
import { openApp } from '../../workers/app.js';
import { startHeartbeat } from '../../workers/heartbeat.js';
import { createDatabase, until } from '../database.js';

const folder = await mkdtemp(join(tmpdir(), 'feedmill-heartbeat-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const { url } = await createDatabase();
const file = join(folder, 'heartbeat');
const exists = () =>
  stat(file).then(
    () => true,
    () => false,
  );

it('does not beat without its queue', async () => {
  // Nobody listens on port 1.
  const settings = { DATABASE_URL: url, REDIS_URL: 'redis://127.0.0.1:1', HEARTBEAT_FILE: file, LOG_LEVEL: 'silent' };
  const app = await openApp(loadConfig(settings), 'test', { schema: 'leave', role: 'feeds' });
  let asked = 0;
  const ping = () =>
    app
      .queues()
      .ping()
      .finally(() => {
        asked += 1;
      });
  const heartbeat = startHeartbeat({ ...app, queues: () => ({ ...app.queues(), ping }) });
  await until(async () => asked > 0, 'the first beat to fail');
  expect(await exists()).toBe(false);
  await heartbeat.stop();
  await app.close();
});

it('beats while the database and the queue answer', async () => {
  const app = await openApp(loadConfig({ DATABASE_URL: url, HEARTBEAT_FILE: file, LOG_LEVEL: 'silent' }), 'test', {
    schema: 'migrate',
    role: 'feeds',
  });
  const heartbeat = startHeartbeat(app);
  await until(exists, 'a heartbeat');
  await heartbeat.stop();
  expect(await exists()).toBe(false);
  await app.close();
});
