import { randomBytes } from 'node:crypto';
import { connect, createServer, type Socket } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import { readConnectionLimits } from '../../db/connections.js';
import { loadConfig } from '../../src/config.js';
import { listenForWork } from '../../workers/listen.js';
import { migrateQueues } from '../../workers/postgres-queue.js';
import { openQueues } from '../../workers/queues.js';
import { start } from '../../workers/start.js';
import { createDatabase, until } from '../database.js';

const { url, db, admin } = await createDatabase();

/** A user who may do what we may, but open only so many connections. */
async function createUser(connections: number): Promise<{ name: string; url: string }> {
  const name = `few_${randomBytes(4).toString('hex')}`;
  const { username } = new URL(url);
  await admin.query(`create role ${name} login password 'few' connection limit ${connections} in role ${username}`);
  afterAll(() => db.$client.query(`drop role ${name}`));
  const own = new URL(url);
  own.username = name;
  own.password = 'few';
  return { name, url: own.href };
}

/** A Postgres that does not know LISTEN: a proxy that garbles the word on its way. */
async function withoutListen(): Promise<{ url: string; close(): void }> {
  const sockets: Socket[] = [];
  const { hostname, port } = new URL(url);
  const server = createServer((socket) => {
    const upstream = connect(Number(port), hostname);
    sockets.push(socket, upstream);
    for (const one of [socket, upstream]) one.on('error', () => undefined);
    socket.on('data', (data) => upstream.write(data.toString('latin1').replace('listen ', 'lizten '), 'latin1'));
    upstream.pipe(socket);
    socket.on('close', () => upstream.end());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const proxied = new URL(url);
  proxied.port = String(typeof address === 'object' && address ? address.port : 0);
  return {
    url: proxied.href,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

it('closes the connection of a LISTEN that failed before it opens another', async () => {
  const proxy = await withoutListen();
  const errors: string[] = [];
  const listener = listenForWork(proxy.url, {
    onWake: () => undefined,
    onError: ({ message }) => void errors.push(message),
    onPooler: () => undefined,
  });
  await until(async () => errors.length >= 3, 'three failures');
  const { rows } = await admin.query("select count(*)::int from pg_stat_activity where application_name = 'feedmill poller'");
  await listener.close();
  proxy.close();
  expect(rows[0].count).toBeLessThanOrEqual(1);
  expect(new Set(errors)).toEqual(new Set(['syntax error at or near "lizten"']));
});

it('wakes the poller when new work is announced', async () => {
  let woken = 0;
  const listener = listenForWork(url, {
    onWake: () => {
      woken += 1;
    },
    onError: (error) => {
      throw error;
    },
    onPooler: () => undefined,
  });
  await until(async () => {
    await db.$client.query("notify feedmill_wake, ''");
    return woken > 0;
  }, 'a notification');
  await listener.close();
});

it('takes up a queue in Postgres that refused its first connections, and asks no more than it should', async () => {
  await migrateQueues(url);
  const user = await createUser(0);
  const errors: string[] = [];
  const queues = openQueues({
    redis: undefined,
    databaseUrl: user.url,
    poolSize: 3,
    leaseMs: 10_000,
    onError: ({ message }) => void errors.push(message),
  });
  const done: number[] = [];
  const consumer = queues.consume('feeds', {
    concurrency: 2,
    handle: async ({ id }) => {
      done.push(id);
      return { status: 'nothing-to-do', feedId: id };
    },
    onReport: () => undefined,
    onFault: ({ message }) => void errors.push(message),
  });
  await expect(queues.enqueue('feeds', [1])).rejects.toThrow(/too many connections/);
  await until(async () => errors.length >= 3, 'refused attempts');
  // The pause doubles: three attempts take a third of a second.
  expect(errors.length).toBeLessThan(20);
  await admin.query(`alter role ${user.name} connection limit 10`);
  await until(
    () =>
      queues.enqueue('feeds', [1]).then(
        () => true,
        () => false,
      ),
    'the job to be enqueued',
  );
  await until(async () => done.includes(1), 'the job to be done');
  await consumer.close();
  await queues.close();
});

it('refuses to start where its connections do not fit, and says why', async () => {
  const user = await createUser(9);
  const config = loadConfig({ DATABASE_URL: user.url, DATABASE_CONNECTIONS: '10', LOG_LEVEL: 'silent', LOG_FORMAT: 'json' });
  await expect(
    start(config, 'poller', { sampler: false, version: '0' }, { out: () => undefined, outWithCredentials: () => undefined }),
  ).rejects.toThrow(new RegExp(`up to 10 connections .*limit of user ${user.name} is 9, of which 0 are in use`));
});

it('reads what max_connections leaves', async () => {
  const [server] = await readConnectionLimits(db);
  expect(server).toMatchObject({ name: 'max_connections', limit: 200, reserved: 3 });
  expect(server?.inUse).toBeGreaterThan(0);
});
