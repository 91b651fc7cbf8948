import type { Command } from 'commander';
import { UserError } from '../user-error.js';
import type { CliApp, CliContext, Row } from './app.js';
import { confirm } from './confirm.js';
import { addDeliverAddCommand } from './deliver-add.js';
import { printRows } from './print.js';

/** Dead letters that `deliver show` lists. */
const SHOWN_LETTERS = 10;

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
    .command('show <delivery>')
    .description('show all there is to know about a delivery, with its newest dead letters')
    .option('--json', 'print JSON')
    .action((id: string, { json = false }: { json?: boolean }) => context.withApp((app) => showDelivery(app, context, id, json)));
  deliver
    .command('test <delivery>')
    .description('send a test message now, and print what became of it')
    .action((id: string) => context.withApp((app) => testDelivery(app, context, id)));
  deliver
    .command('retry <delivery...>')
    .description('send the dead letters of deliveries again')
    .option('--dry-run', 'only count them')
    .action((ids: string[], options: { dryRun?: true }) => context.withApp((app) => retryDeliveries(app, context, ids, options)));
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
    .command('remove <delivery...>')
    .description('remove deliveries, with what they still had to be told')
    .option('--yes', 'do not ask')
    .action((ids: string[], options: { yes?: true }) => context.withApp((app) => removeDeliveries(app, context, ids, options)));
}

interface Change {
  name: string;
  description: string;
  change(app: CliApp): (ids: readonly number[]) => Promise<number[]>;
  done: string;
}

function addChangeCommand(deliver: Command, context: CliContext, { name, description, change, done }: Change): void {
  deliver
    .command(`${name} <delivery...>`)
    .description(description)
    .action((ids: string[]) =>
      context.withApp(async (app) => {
        const changed = await change(app)((await loadNamed(app, ids)).map(({ id }) => Number(id)));
        context.out(changed.length > 0 ? `${done}: ${changed.join(', ')}.` : 'Nothing to change.');
      }),
    );
}

/** The deliveries with these ids. @throws {UserError} when one does not exist */
async function loadNamed(app: CliApp, ids: readonly string[]): Promise<Row[]> {
  const all = await app.listDeliveries();
  return ids.map((id) => {
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

async function testDelivery(app: CliApp, context: CliContext, name: string): Promise<void> {
  await loadNamed(app, [name]);
  const answer = await app.testDelivery(Number(name));
  if (answer?.kind === 'taken') context.out(`The test message was taken${answer.status ? ` (${answer.status})` : ''}.`);
  else throw new UserError(answer && 'words' in answer ? answer.words : 'The test message could not be sent. Try again.');
}

async function retryDeliveries(app: CliApp, context: CliContext, names: string[], { dryRun }: { dryRun?: true }): Promise<void> {
  const rows = await loadNamed(app, names);
  const dead = rows.reduce((sum, row) => sum + Number(row.dead_letters), 0);
  const count = dryRun ? dead : await app.retryDeliveries(rows.map(({ id }) => Number(id)));
  context.out(`${count} ${count === 1 ? 'dead letter' : 'dead letters'} ${dryRun ? 'would be' : 'will be'} sent again.`);
}

async function removeDeliveries(app: CliApp, context: CliContext, names: string[], { yes }: { yes?: true }): Promise<void> {
  const rows = await loadNamed(app, names);
  const waiting = rows.reduce((sum, row) => sum + Number(row.waiting) + Number(row.dead_letters), 0);
  const receivers = rows.map(({ id, receiver }) => `${String(id)} (${String(receiver)})`).join(', ');
  await confirm(context, `Remove ${receivers}, with ${waiting} messages that were not taken?`, yes);
  const removed = await app.removeDeliveries(rows.map(({ id }) => Number(id)));
  context.out(`Removed: ${removed.join(', ')}.`);
}
