import { load } from 'cheerio';
import { isTag } from 'domhandler';
import { describe, expect, it } from 'vitest';
import { VECTORS } from '../../fixtures/sanitizer-vectors.js';
import { writeOutputs } from '../../outputs.js';

/** What would run a script in HTML, read by a parser that works as browsers do: cheerio's default, parse5. */
function findScripts(html: string): string[] {
  const $ = load(html);
  const all = $('*').toArray().filter(isTag);
  const active = all.filter(({ name }) => /^(script|iframe|object|embed|base|form|link)$/.test(name));
  const attributes = all.flatMap(({ attribs }) => Object.entries(attribs).map(([name, value]) => `${name}=${value}`));
  return [
    ...active.map(({ name }) => name),
    ...attributes.filter((one) =>
      /^on|^srcdoc=|^(href|src|poster|data|action)=\s*(javascript|vbscript|livescript|data):/i.test(one),
    ),
  ];
}

// test/e2e/chromium.test.ts loads the same outputs in a real browser, where there is one.
describe('an article with an attack vector runs nothing in any output', () => {
  it.each(VECTORS)('%s', async (_, html) => {
    for (const [output, written] of Object.entries(await writeOutputs(html))) expect(findScripts(written), output).toEqual([]);
  });
});
