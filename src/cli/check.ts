import type { Command } from 'commander';
import { UserError } from '../user-error.js';
import type { CliApp, CliContext, Row } from './app.js';

/** Interval between lines of progress, in ms. */
const PROGRESS_MS = 2_000;

interface CheckOptions {
  counters?: boolean;
  repair?: boolean;
  json?: boolean;
}

/** `feedmill check`: compares what is derived with what it is derived from. */
export const addCheckCommand = (program: Command, context: CliContext) =>
  program
    .command('check')
    .description('check the database: exits with 1 when something is wrong')
    .option(
      '--counters',
      'compare the counters of records and pending work with the articles (as without it: there is no other check yet)',
    )
    .option('--repair', 'set right what is wrong')
    .option('--json', 'print one JSON object per feed whose counters are wrong')
    .action((options: CheckOptions) => context.withApp((app) => checkCounters(app, context, options)));

async function checkCounters(app: CliApp, { out, err }: CliContext, { repair = false, json }: CheckOptions): Promise<void> {
  let wrong = 0;
  let feeds = 0;
  let saidAt = performance.now();
  for await (const part of app.auditCounts({ repair })) {
    wrong += part.wrong.length;
    feeds = part.done;
    for (const row of part.wrong) out(json ? JSON.stringify(row) : describe(row));
    if (performance.now() - saidAt < PROGRESS_MS) continue;
    saidAt = performance.now();
    err(`${part.done} of ${part.total} feeds checked`);
  }
  const named = `The counters of ${wrong} of ${feeds} feeds`;
  if (wrong > 0 && !repair) throw new UserError(`${named} are wrong. To set them right: feedmill check --counters --repair`);
  if (!json) out(wrong > 0 ? `${named} were wrong and are right now.` : `The counters of ${feeds} feeds are right.`);
}

const describe = ({ feed_id: id, url, counted, found }: Row) =>
  `feed ${String(id)} (${String(url)}): counted ${JSON.stringify(counted)}, found ${JSON.stringify(found)}`;
