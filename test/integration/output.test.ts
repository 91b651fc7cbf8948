import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { openOutput } from '../../workers/output.js';

const { isTTY, hasColors } = process.stdout;
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  Object.assign(process.stdout, { isTTY, hasColors });
});

/** What `print` sends to standard output. */
async function sentToOutput(stdout: { isTTY: boolean; hasColors?: () => boolean }, print: () => Promise<void>): Promise<string> {
  const sent: string[] = [];
  Object.assign(process.stdout, stdout);
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => sent.push(String(chunk)) > 0);
  await print();
  write.mockRestore();
  return sent.join('');
}
const written = (stdout: { isTTY: boolean; hasColors?: () => boolean }, text: string) =>
  sentToOutput(stdout, () => openOutput().write(text, 'red'));

const HOSTILE = 'a\u001b[2Jb\n';

it.each([
  ['a terminal with colours', { isTTY: true, hasColors: () => true }, '\u001b[31ma [2Jb\n\u001b[0m'],
  ['a terminal without colours', { isTTY: true, hasColors: () => false }, 'a [2Jb\n'],
  ['a file or pipe', { isTTY: false }, HOSTILE],
])('writes text in a colour to %s', async (_, stdout, expected) => expect(await written(stdout, HOSTILE)).toBe(expected));

describe('page', () => {
  const folder = mkdtempSync(join(tmpdir(), 'feedmill-pager-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const seen = join(folder, 'seen');
  const page = (pager: string | undefined) => {
    vi.stubEnv('PAGER', pager);
    return sentToOutput({ isTTY: true, hasColors: () => true }, () =>
      openOutput().page(async (write) => {
        await write('a\u001b[2J\u202eb\n', 'bold');
        await write('https://ann:s3cret@a.example/\n');
      }),
    );
  };
  const SHOWN = '\u001b[1ma [2J b\n\u001b[0mhttps://a.example/\n';

  it('shows a text in the pager of the user, without what could steer a terminal', async () => {
    expect(await page(`cat - > '${seen}'`)).toBe('');
    expect(readFileSync(seen, 'utf8')).toBe(SHOWN);
  });

  it.each(['', 'cat', 'no-such-pager-here 2>/dev/null'])('writes to standard output if there is no pager: %j', async (pager) =>
    expect(await page(pager)).toBe(SHOWN),
  );

  it('does not mind a pager that ends early', async () => expect(await page('true')).toBe(''));

  it('uses no pager for a file or pipe', async () => {
    vi.stubEnv('PAGER', 'false');
    const sent = await sentToOutput({ isTTY: false }, () => openOutput().page((write) => write(HOSTILE, 'red')));
    expect(sent).toBe(HOSTILE);
  });

  it('leaves Ctrl-C to the pager while it runs', async () => {
    const heard = vi.fn();
    process.on('SIGINT', heard);
    await page(`kill -INT ${process.pid}; cat - > '${seen}'`);
    expect(heard).not.toHaveBeenCalled();
    expect(process.listeners('SIGINT')).toContain(heard);
    process.off('SIGINT', heard);
  });
});
