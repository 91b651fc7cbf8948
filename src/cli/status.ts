import type { Command } from 'commander';
import type { CliContext } from './app.js';

/** `feedmill status`: counts of feeds, records and pending work. */
export const addStatusCommand = (program: Command, context: CliContext) =>
  program
    .command('status')
    .description('count feeds, records and pending work')
    .option('--json', 'print one JSON object')
    .action(({ json = false }: { json?: boolean }) =>
      context.withApp(async (app) => {
        const status = await app.loadStatus();
        if (json) {
          context.out(JSON.stringify(status));
          return;
        }
        const { outage_since: outage, ...counts } = status;
        for (const [name, value] of Object.entries(counts)) context.out(`${name.padEnd(8)} ${String(value)}`);
        if (outage)
          context.out(
            `Most sites have been unreachable since ${String(outage)}. The problem is on our side, so no failures are counted.`,
          );
      }),
    );
