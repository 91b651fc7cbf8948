import type { CliApp, CliContext } from '../src/cli/app.js';
import { createProgram } from '../src/cli/program.js';

/**
 * Runs commands in this process on an installation of which `open` gives the parts that they need. With `styles`, what is printed in
 * a style is between its name in angle brackets.
 */
export function createCommandLine(open: () => Partial<CliApp>, { styles = false } = {}) {
  const complaints: string[] = [];
  return {
    /** What the last command printed to standard error. */
    complaints,

    /** Runs a command. @returns what it printed to standard output */
    async run(...args: string[]): Promise<string> {
      const printed: string[] = [];
      complaints.length = 0;
      const write: CliContext['write'] = async (text, style) =>
        void printed.push(styles && style ? `<${style}>${text}</${style}>` : text);
      const context: Partial<CliContext> = {
        out: (line) => void printed.push(`${line}\n`),
        err: (line) => void complaints.push(line),
        write,
        styles,
        page: (use) => use(write),
        withApp: async (use) => use(open() as CliApp, new AbortController().signal),
      };
      await createProgram(context as CliContext, '0').parseAsync(args, { from: 'user' });
      return printed.join('');
    },
  };
}
