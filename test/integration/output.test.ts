import { afterEach, expect, it, vi } from 'vitest';
import { openOutput } from '../../workers/output.js';

const { isTTY, hasColors } = process.stdout;
afterEach(() => {
  vi.restoreAllMocks();
  Object.assign(process.stdout, { isTTY, hasColors });
});

/** What `write` sends to standard output. */
async function written(stdout: { isTTY: boolean; hasColors?: () => boolean }, text: string): Promise<string> {
  const sent: string[] = [];
  Object.assign(process.stdout, stdout);
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => sent.push(String(chunk)) > 0);
  await openOutput().write(text, 'red');
  write.mockRestore();
  return sent.join('');
}

const HOSTILE = 'a\u001b[2Jb\n';

it.each([
  ['a terminal with colours', { isTTY: true, hasColors: () => true }, '\u001b[31ma [2Jb\n\u001b[0m'],
  ['a terminal without colours', { isTTY: true, hasColors: () => false }, 'a [2Jb\n'],
  ['a file or pipe', { isTTY: false }, HOSTILE],
])('writes text in a colour to %s', async (_, stdout, expected) => expect(await written(stdout, HOSTILE)).toBe(expected));
