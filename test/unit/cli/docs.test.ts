import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { CliContext } from '../../../src/cli/app.js';
import { createProgram } from '../../../src/cli/program.js';

/** The commands in docs/cli.md, without comments and what the shell does with their output. */
const commands = [...readFileSync('docs/cli.md', 'utf8').matchAll(/^feedmill (.*)$/gm)].map(([, line = '']) =>
  line.replace(/ +#.*$/, '').replace(/ [|>] .*$/, ''),
);
/** Splits a command as a shell does, as far as the document needs it. */
const split = (command: string) => [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');

it('docs/cli.md has commands', () => expect(commands.length).toBeGreaterThan(10));

it.each(commands)('docs/cli.md: the command line takes feedmill %s', async (command) => {
  const context: Partial<CliContext> = {
    out: () => undefined,
    err: () => undefined,
    withApp: () => Promise.reject(new Error('the arguments are right')),
  };
  const program = createProgram(context as CliContext, '0');
  await expect(program.parseAsync(split(command), { from: 'user' })).rejects.toThrow('the arguments are right');
});
