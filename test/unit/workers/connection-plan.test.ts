import { expect, it } from 'vitest';
import { loadConfig, MIN_DATABASE_CONNECTIONS } from '../../../src/config.js';
import { describeShortage, planConnections } from '../../../workers/connection-plan.js';

it.each([
  ['poller', false, { records: 9, queue: 0, listen: 1 }],
  ['poller', true, { records: 7, queue: 2, listen: 1 }],
  ['feeds', false, { records: 10, queue: 0, listen: 0 }],
  ['feeds', true, { records: 7, queue: 3, listen: 0 }],
  ['articles', true, { records: 6, queue: 4, listen: 0 }],
  ['deliveries', true, { records: 8, queue: 2, listen: 0 }],
  ['all', false, { records: 9, queue: 0, listen: 1 }],
  ['all', true, { records: 4, queue: 5, listen: 1 }],
] as const)('divides 10 connections of %s (queues in Postgres: %s)', (role, queuesInPostgres, plan) => {
  expect(planConnections(10, { role, queuesInPostgres })).toEqual(plan);
});

it('leaves two connections to the stores with the smallest setting', () => {
  expect(planConnections(MIN_DATABASE_CONNECTIONS, { role: 'all', queuesInPostgres: true }).records).toBe(2);
});

it('fits poller, feed worker, four article workers, deliveries, a migration and a command in the default of Postgres', () => {
  const { databaseConnections } = loadConfig({});
  expect((1 + 1 + 4 + 1 + 1 + 1) * databaseConnections).toBeLessThanOrEqual(100 - 3);
});

const server = { name: 'max_connections', limit: 100, reserved: 3 };
it.each([
  ['nothing is known', [], undefined],
  ['it just fits', [{ ...server, inUse: 87 }], undefined],
  [
    'it does not fit',
    [{ ...server, inUse: 88 }],
    /max_connections is 100, of which 3 are reserved for administrators and 88 are/,
  ],
  [
    'a later limit is too low',
    [
      { ...server, inUse: 1 },
      { name: 'x', limit: 9, reserved: 0, inUse: 0 },
    ],
    /: x is 9, of which 0 are/,
  ],
])('compares with the limits: %s', (_, limits, message) => {
  const shortage = describeShortage(limits, 10);
  if (message) expect(shortage).toMatch(message);
  else expect(shortage).toBeUndefined();
});
