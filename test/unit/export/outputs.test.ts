import { describe, expect, it } from 'vitest';
import { VECTORS } from '../../fixtures/sanitizer-vectors.js';
import { findScripts, writeOutputs } from '../../outputs.js';

// test/e2e/chromium.test.ts loads the same outputs in a real browser, where there is one.
describe('an article with an attack vector runs nothing in any output', () => {
  it.each(VECTORS)('%s', async (_, html) => {
    for (const [output, written] of Object.entries(await writeOutputs(html))) expect(findScripts(written), output).toEqual([]);
  });
});
