import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openRuleBook } from '../../workers/rule-book.js';

const folder = await mkdtemp(join(tmpdir(), 'feedmill-rules-'));
const write = (name: string, text: string) => writeFile(join(folder, name), text);
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

describe('openRuleBook', () => {
  it("puts a user's rules before ours, and follows their changes", async () => {
    const problems: string[] = [];
    await write('mine.yml', 'domains: [wikipedia.org, a.example]\ncontent: .mine');
    const book = await openRuleBook({ folder }, (found) => problems.push(...found));
    expect(await book.findRule('https://de.wikipedia.org/wiki/X')).toMatchObject({ content: ['.mine'] });
    expect(await book.findRule('https://lwn.net/Articles/1/')).toMatchObject({
      file: expect.stringMatching(/rules.lwn\.net\.yml$/) as string,
    });
    expect(await book.findRule('https://b.example/')).toBeUndefined();

    const later = performance.now() + 60_000;
    const clock = vi.spyOn(performance, 'now').mockReturnValue(later);
    await write('mine.yml', 'domains: [a.example]\ncontent: .changed');
    expect(await book.findRule('https://a.example/')).toMatchObject({ content: ['.changed'] });
    clock.mockReturnValue(later + 60_000);
    await write('mine.yml', 'domains: [a.example]\nkontent: .more');
    expect(await book.findRule('https://a.example/')).toMatchObject({ content: ['.changed'] });
    expect(problems).toEqual([expect.stringMatching(/mine\.yml:2: kontent: is not a key/)]);
    clock.mockReturnValue(later + 120_000);
    await write('mine.yml', 'domains: [a.example]\ncontent: .mended');
    expect(await book.findRule('https://a.example/')).toMatchObject({ content: ['.mended'] });
    await expect(openRuleBook({ folder: join(folder, 'none') }, () => undefined)).rejects.toThrow(/can't be read/);
    await write('twice.yml', 'domains: [a.example]');
    await expect(openRuleBook({ folder }, () => undefined)).rejects.toThrow(/a\.example already has a rule, in mine\.yml/);
  });
});
