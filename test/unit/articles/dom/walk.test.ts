import { isTag, isText } from 'domhandler';
import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { walk } from '../../../../src/articles/dom/walk.js';

function trace(html: string, skipped = ''): string {
  const steps: string[] = [];
  walk(
    parseDocument(html).children,
    (node) => {
      if (isText(node)) steps.push(node.data);
      if (isTag(node)) steps.push(`<${node.name}>`);
      return !isTag(node) || node.name !== skipped;
    },
    ({ name }) => steps.push(`</${name}>`),
  );
  return steps.join('');
}

describe('walk', () => {
  it.each([
    ['enters and leaves elements in document order', '<p>a<b>b</b></p><br><i>c</i>', '<p>a<b>b</b></p><br></br><i>c</i>'],
    ['visits nothing in an empty document', '', ''],
  ])('%s', (_, html, steps) => expect(trace(html)).toBe(steps));

  it('neither enters nor leaves what is skipped', () => expect(trace('<p>a<b>b</b>c</p>', 'b')).toBe('<p>a<b>c</p>'));

  it('does not overflow the stack on deep trees', () => {
    const depth = 50_000;
    expect(trace('<b>'.repeat(depth))).toHaveLength(depth * '<b></b>'.length);
  });
});
