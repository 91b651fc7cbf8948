import { beforeEach, expect, it } from 'vitest';
import { deliveryAdminStore } from '../../db/delivery-admin.js';
import { feedDetailsStore } from '../../db/feed-details.js';
import { reportStore } from '../../db/reports.js';
import type { CliContext } from '../../src/cli/app.js';
import { createProgram } from '../../src/cli/program.js';
import type { Answer } from '../../src/deliveries/answer.js';
import { createCommandLine } from '../command-line.js';
import { createDatabase } from '../database.js';

const { db } = await createDatabase();
let answer: Answer = { kind: 'taken', status: 204 };
const { run } = createCommandLine(() => ({
  ...deliveryAdminStore(db),
  ...feedDetailsStore(db),
  ...reportStore(db),
  testDelivery: async () => answer,
}));
const readJson = async (...args: string[]) =>
  (await run('deliver', ...args, '--json'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

const HOOK = 'https://r.example/hook?token=s3cret';
let id: string;
beforeEach(async () => {
  await db.$client.query('truncate feedmill_data.deliveries cascade');
  const [added] = await readJson('add', HOOK, '--events', 'record.stored');
  id = String(added.id);
  await db.$client.query(
    `insert into feedmill_data.messages (delivery_id, type, subject, dead_at) select $1, 'record.stored', 'record:' || n, now()
     from generate_series(1, 2) as n`,
    [id],
  );
});

it('pause and resume print the deliveries that changed', async () => {
  expect(await readJson('pause', id)).toEqual([{ id: Number(id) }]);
  expect(await run('deliver', 'pause', id, '--json')).toBe('');
  expect(await run('deliver', 'pause', id)).toBe('Nothing to change.\n');
  expect(await readJson('resume', id)).toEqual([{ id: Number(id) }]);
});

it('retry counts the dead letters of each delivery once', async () => {
  expect(await readJson('retry', id, id, '--dry-run')).toEqual([{ dead_letters: 2, retried: false }]);
  expect(await readJson('retry', id)).toEqual([{ dead_letters: 2, retried: true }]);
  expect(await run('deliver', 'retry', id)).toBe('0 dead letters will be sent again.\n');
});

it('remove --dry-run says what would go, and removes nothing', async () => {
  expect(await run('deliver', 'remove', id, '--dry-run')).toBe(
    `Would remove ${id} (https://r.example), with 2 messages that were not taken.\n`,
  );
  const [removed] = [{ id: Number(id), receiver: 'https://r.example', messages: 2 }];
  expect(await readJson('remove', id, '--dry-run')).toEqual([removed]);
  expect(await readJson('list')).toHaveLength(1);
  expect(await readJson('remove', id, '--yes')).toEqual([removed]);
  expect(await run('deliver', 'list', '--json')).toBe('');
});

it('test prints what became of the message, also when it was not taken', async () => {
  answer = { kind: 'taken', status: 204 };
  expect(await readJson('test', id)).toEqual([{ id: Number(id), taken: true, status: 204, error: null }]);
  answer = { kind: 'failed', words: 'It said 500.' };
  await expect(run('deliver', 'test', id)).rejects.toThrow('It said 500.');
});

it('add takes several feeds, and the URL after them', async () => {
  const { rows } = await db.$client.query<{ id: string }>(
    `insert into feedmill_data.feeds (url, host) values ('https://a.example/f', 'a.example'), ('https://b.example/f', 'b.example')
     returning id`,
  );
  const [a = '', b = ''] = rows.map((row) => row.id);
  const [added] = await readJson('add', '--events', 'record.stored', '--feed', a, '--feed', b, HOOK);
  const deliveries = await readJson('list');
  expect(deliveries.find((one) => one.id === added.id)).toMatchObject({ feed_ids: [Number(a), Number(b)] });
});

it.each(['add', 'show', 'test', 'retry', 'pause', 'resume', 'remove'])('deliver %s explains its arguments', async (command) => {
  const help: string[] = [];
  const context: Partial<CliContext> = { out: (line) => void help.push(line) };
  const program = createProgram(context as CliContext, '0');
  await program.parseAsync(['deliver', command, '--help'], { from: 'user' }).catch(() => undefined);
  expect(help.join('\n')).toMatch(/^Arguments:\n +\w+/m);
});
