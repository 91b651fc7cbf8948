import type { Command } from 'commander';
import { UserError } from '../user-error.js';
import type { CliApp, CliContext, Row } from './app.js';
import { confirm } from './confirm.js';
import { addDeliverAddCommand } from './deliver-add.js';
import { printRows } from './print.js';

/** Dead letters that `deliver show` lists. */
const SHOWN_LETTERS = 10;
const DELIVERY_ID = 'id of the delivery, as `deliver list` shows it';
const DELIVERY_IDS = 'ids of deliveries, as `deliver list` shows them';

/** `feedmill deliver`: who is told of what happens, by webhook or mail. */
export function addDeliverCommand(program: Command, context: CliContext): void {
  const deliver = program.command('deliver').description('tell others what happens, by webhook or mail');
  addDeliverAddCommand(deliver, context);
  deliver
    .command('list')
    .description('list the deliveries: how far behind they are, their last errors, and their dead letters')
    .option('--json', 'print JSON Lines')
    .action(({ json = false }: { json?: boolean }) => context.withApp((app) => listDeliveries(app, context, json)));
  deliver
    .command('show')
    .description('show all there is to know about a delivery, with its newest dead letters')
    .argument('<delivery>', DELIVERY_ID)
    .option('--json', 'print JSON')
    .action((id: string, { json = false }: { json?: boolean }) => context.withApp((app) => showDelivery(app, context, id, json)));
  deliver
    .command('test')
    .description('send a test message now, and print what became of it')
    .argument('<delivery>', DELIVERY_ID)
    .option('--json', 'print JSON')
    .action((id: string, options: ChangeOptions) => context.withApp((app) => testDelivery(app, context, id, options)));
  deliver
    .command('retry')
    .description('send the dead letters of deliveries again')
    .argument('<delivery...>', DELIVERY_IDS)
    .option('--dry-run', 'only count them')
    .option('--json', 'print JSON')
    .action((ids: string[], options: ChangeOptions) => context.withApp((app) => retryDeliveries(app, context, ids, options)));
  addChangeCommand(deliver, context, {
    name: 'pause',
    description: 'send nothing to deliveries until they are resumed; nothing is lost meanwhile',
    change: (app) => app.pauseDeliveries,
    done: 'Paused',
  });
  addChangeCommand(deliver, context, {
    name: 'resume',
    description: 'continue paused deliveries where they stopped, and try failing ones now',
    change: (app) => app.resumeDeliveries,
    done: 'Resumed',
  });
  deliver
    .command('remove')
    .description('remove deliveries, with what they still had to be told')
    .argument('<delivery...>', DELIVERY_IDS)
    .option('--dry-run', 'say what would be removed, and remove nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'print one JSON object per delivery')
    .action((ids: string[], options: ChangeOptions) => context.withApp((app) => removeDeliveries(app, context, ids, options)));
}

interface ChangeOptions {
  dryRun?: true;
  yes?: true;
  json?: true;
}

interface Change {
  name: string;
  description: string;
  change(app: CliApp): (ids: readonly number[]) => Promise<number[]>;
  done: string;
}

function addChangeCommand(deliver: Command, context: CliContext, { name, description, change, done }: Change): void {
  deliver
    .command(name)
    .description(description)
    .argument('<delivery...>', DELIVERY_IDS)
    .option('--json', 'print one JSON object per delivery that has changed')
    .action((ids: string[], { json }: ChangeOptions) =>
      context.withApp(async (app) => {
        const changed = await change(app)((await loadNamed(app, ids)).map(({ id }) => Number(id)));
        if (json) for (const id of changed) context.out(JSON.stringify({ id }));
        else context.out(changed.length > 0 ? `${done}: ${changed.join(', ')}.` : 'Nothing to change.');
      }),
    );
}

/** The deliveries with these ids, each once. @throws {UserError} when one does not exist */
async function loadNamed(app: CliApp, ids: readonly string[]): Promise<Row[]> {
  const all = await app.listDeliveries();
  return [...new Set(ids)].map((id) => {
    const row = all.find((each) => String(each.id) === id);
    if (!row) throw new UserError(`There is no delivery ${id}. To see all deliveries: feedmill deliver list`);
    return row;
  });
}

async function listDeliveries(app: CliApp, context: CliContext, json: boolean): Promise<void> {
  const rows = await app.listDeliveries();
  const shown = rows.map((row) => ({ ...row, lag: formatLag(row.lag_seconds), last_error: row.problem ?? row.last_error }));
  printRows(context, json ? rows : shown, {
    json,
    columns: ['id', 'receiver', 'state', 'lag', 'waiting', 'dead_letters', 'last_sent_at', 'last_error', 'events'],
    empty: 'Nobody is told of anything yet. To add a receiver: feedmill deliver add URL --events record.stored',
  });
}

/** A lag in the largest unit that fits it. */
function formatLag(seconds: unknown): string {
  if (typeof seconds !== 'number') return 'none';
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} days`;
}

async function showDelivery(app: CliApp, context: CliContext, name: string, json: boolean): Promise<void> {
  const [row = {}] = await loadNamed(app, [name]);
  const id = Number(row.id);
  const found = await app.findReceiver(id);
  const shown = { ...row, url: found?.receiver.url, dead: await app.loadDeadLetters(id, SHOWN_LETTERS) };
  if (json) {
    context.out(JSON.stringify(shown));
    return;
  }
  const { dead, ...facts } = shown;
  const lines = Object.entries(facts).filter(([, value]) => value !== null && value !== undefined);
  for (const [key, value] of lines) context.out(`${key.padEnd(20)} ${Array.isArray(value) ? value.join(', ') : String(value)}`);
  if (dead.length === 0) return;
  context.out('');
  context.out('The newest dead letters:');
  printRows(context, dead, { json, columns: ['id', 'type', 'subject', 'occurred_at', 'attempts', 'last_error'], empty: '' });
  context.out(`To send them again: feedmill deliver retry ${id}`);
}

async function testDelivery(app: CliApp, context: CliContext, name: string, { json }: ChangeOptions): Promise<void> {
  await loadNamed(app, [name]);
  const answer = await app.testDelivery(Number(name));
  const taken = answer?.kind === 'taken';
  const error = taken ? null : answer && 'words' in answer ? answer.words : 'The test message could not be sent. Try again.';
  const status = (taken && answer.status) || null;
  if (json) context.out(JSON.stringify({ id: Number(name), taken, status, error }));
  else if (taken) context.out(`The test message was taken${status ? ` (${status})` : ''}.`);
  if (error !== null) throw new UserError(error);
}

async function retryDeliveries(app: CliApp, context: CliContext, names: string[], options: ChangeOptions): Promise<void> {
  const { dryRun = false, json } = options;
  const rows = await loadNamed(app, names);
  const dead = rows.reduce((sum, row) => sum + Number(row.dead_letters), 0);
  const count = dryRun ? dead : await app.retryDeliveries(rows.map(({ id }) => Number(id)));
  if (json) context.out(JSON.stringify({ dead_letters: count, retried: !dryRun }));
  else context.out(`${count} ${count === 1 ? 'dead letter' : 'dead letters'} ${dryRun ? 'would be' : 'will be'} sent again.`);
}

async function removeDeliveries(app: CliApp, context: CliContext, names: string[], options: ChangeOptions): Promise<void> {
  const { dryRun, yes, json } = options;
  const rows = await loadNamed(app, names);
  const countLeft = ({ waiting, dead_letters: dead }: Row) => Number(waiting) + Number(dead);
  const left = rows.reduce((sum, row) => sum + countLeft(row), 0);
  const receivers = rows.map(({ id, receiver }) => `${String(id)} (${String(receiver)})`).join(', ');
  const what = `${receivers}, with ${left} messages that were not taken`;
  if (!dryRun) await confirm(context, `Remove ${what}?`, yes);
  const removed = new Set(
    dryRun ? rows.map(({ id }) => Number(id)) : await app.removeDeliveries(rows.map(({ id }) => Number(id))),
  );
  if (json)
    for (const row of rows.filter(({ id }) => removed.has(Number(id))))
      context.out(JSON.stringify({ id: row.id, receiver: row.receiver, messages: countLeft(row) }));
  else context.out(dryRun ? `Would remove ${what}.` : `Removed: ${[...removed].join(', ')}.`);
}
