import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeDocument, type FuzzDocument } from '../../fuzz/documents.js';
import { FOUND, listFound, toKind, writeFound } from '../../fuzz/found.js';
import { type Fuzzer, openFuzzer } from '../../fuzz/fuzzer.js';

/** The documents of each test run. Always the same, so that a failure is due to a change of the code. */
const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);
/** No further documents are begun after this, in ms: on a busy machine, `npm test` reads fewer of them. */
const ENOUGH_MS = 10_000;

const folder = mkdtempSync(join(tmpdir(), 'feedmill-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('with the threads that read documents', () => {
  let fuzzer: Fuzzer;
  beforeAll(() => {
    fuzzer = openFuzzer({ threads: 1 });
  });
  afterAll(() => fuzzer.close());

  it.each(listFound(FOUND).map(({ name, document }) => [name, document] as const))(
    'a case once found is mended: %s',
    async (_, document) => expect(await fuzzer.findProblems(document)).toEqual([]),
  );

  it('finds nothing in some hundred mutated documents', async () => {
    const startedMs = performance.now();
    const findings: string[] = [];
    for (const seed of SEEDS) {
      if (performance.now() - startedMs > ENOUGH_MS) break;
      findings.push(...(await fuzzer.findProblems(composeDocument(seed))).map((problem) => `seed ${seed}: ${problem}`));
    }
    expect(findings).toEqual([]);
  });
});

describe('what a thread does wrong is a finding', () => {
  const MANY_SECONDS = 30_000;
  it.each([
    ['too much time', 'for (;;);', 300, 'the thread was stopped: too-slow'],
    [
      'too much memory',
      'for (const all = []; ; ) all.push({ all: [all] });',
      MANY_SECONDS,
      'the thread was stopped: too-much-memory',
    ],
    ['an error, with its place', 'undefined.x', MANY_SECONDS, /^throws TypeError: Cannot read .* at .*misbehaves\.mjs:1/],
  ])('%s', async (_, code, timeoutMs, problem) => {
    const file = join(folder, 'misbehaves.mjs');
    writeFileSync(file, `export default () => { ${code} };`);
    const fuzzer = openFuzzer({ threads: 1, file: pathToFileURL(file), timeoutMs });
    try {
      expect(await fuzzer.findProblems(composeDocument(1))).toEqual([expect.stringMatching(problem)]);
    } finally {
      await fuzzer.close();
    }
  });
});

describe('a document', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(composeDocument(7)).toEqual(composeDocument(7));
    expect(composeDocument(7)).not.toEqual(composeDocument(8));
  });

  it.each([
    ['a short one, byte for byte', Buffer.from('a: b\r\n\n\0\xff', 'latin1')],
    ['a long one', Buffer.alloc(100_000, 'x')],
    ['an empty one', Buffer.alloc(0)],
  ])('is kept in a file, and read back: %s', (_, body) => {
    const document: FuzzDocument = { kind: 'feed', url: 'https://n.example/a', contentType: ';;', body };
    const name = writeFound(folder, document, 'title has 7 characters: "x\ny"', 3);
    expect(name).toBe('title-has-characters-3.txt');
    const [found] = listFound(folder);
    expect(found).toEqual({ name, document: { ...document, body: expect.anything() } });
    expect(Buffer.from(found?.document.body ?? '')).toEqual(body);
  });
});

it.each([
  ['title has 1001 characters', 'title has characters'],
  ['an entry links to "javascript:x"', 'an entry links to'],
  [
    "throws TypeError: Cannot read properties of null (reading 'x') at f (file:///a/b.ts:1:2)",
    'throws TypeError Cannot read properties of null reading x',
  ],
])('names the kind of a problem without its particulars: %s', (problem, kind) => expect(toKind(problem)).toBe(kind));
