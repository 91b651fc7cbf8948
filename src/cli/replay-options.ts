import { type Command, InvalidArgumentError } from 'commander';
import { UserError } from '../user-error.js';
import { folderOption } from './folders.js';
import { collect } from './record-options.js';

/** Ids in one command: as many as a shell passes on. */
const MAX_IDS = 10_000;

/** Adds `--id`, `--host` and `--all`, which the commands that replay work share. */
export const addReplayOptions = (command: Command, what: string): Command =>
  command
    .option('--id <ids>', `only these ${what}, by their ids, separated by commas`, parseIds)
    .option('--host <host>', `only ${what} of this host, such as www.example.org (repeat it for several)`, collectHosts)
    .option('--feed <feed>', `only ${what} of this feed: an id, a URL, or a glob (repeat it for several)`, collect)
    .addOption(folderOption(`${what} of feeds`))
    .option('--all', `all ${what}`)
    .option('--no-wait', 'return at once; the workers go on')
    .option('--json', 'print the result as JSON');

/** @throws {UserError} when nothing was selected: everything must be asked for */
export function requireSelection(options: { all?: boolean }, selection: object, names: string): void {
  const count = Object.keys(selection).length;
  if (count === 0 && !options.all) throw new UserError(`Say which ones: ${names}, or --all.`, 2);
  if (count > 0 && options.all) throw new UserError('--all selects everything, so it goes with no other selection.', 2);
}

function parseIds(text: string, before: number[] = []): number[] {
  const ids = [...before, ...text.split(',').map((id) => (/^\s*\d{1,15}\s*$/.test(id) ? Number(id) : Number.NaN))];
  if (ids.some(Number.isNaN)) throw new InvalidArgumentError('Expected ids separated by commas, such as 17,18.');
  if (ids.length > MAX_IDS) throw new InvalidArgumentError(`Expected at most ${MAX_IDS} ids.`);
  return ids;
}

function collectHosts(text: string, before?: string[]): string[] {
  const host = text.trim().toLowerCase();
  if (!/^[^\s/:@]+$/.test(host)) throw new InvalidArgumentError('Expected the name of a host, such as www.example.org.');
  return collect(host, before);
}
