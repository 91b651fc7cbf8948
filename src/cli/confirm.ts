import { UserError } from '../user-error.js';
import type { CliContext } from './app.js';

/**
 * Asks the user before something that is hard to undo, unless the command was given `--yes`.
 * @param question ends in a question mark
 * @throws {UserError} when the answer is no, or there is no terminal to ask at
 */
export async function confirm(context: CliContext, question: string, yes: boolean | undefined): Promise<void> {
  if (yes) return;
  const answer = await context.ask(`${question} [y/N] `);
  if (answer === undefined) throw new UserError(`${question} There is no terminal to ask at. To go ahead: --yes`);
  if (!/^\s*y(es)?\s*$/i.test(answer)) throw new UserError('Nothing was changed.');
}
