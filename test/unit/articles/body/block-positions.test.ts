import { Element } from 'domhandler';
import { describe, expect, it } from 'vitest';
import { locateBlocks } from '../../../../src/articles/body/block-positions.js';

const block = (prose: boolean, text = 'x'.repeat(100)) => ({
  element: new Element('p', {}),
  text,
  linked: 0,
  emphasized: 0,
  prose,
  list: undefined,
});
const names = (kind: 'beforeProse' | 'nearStart' | 'nearEnd' | 'afterProse', blocks: ReturnType<typeof block>[]) =>
  locateBlocks(blocks)?.flatMap((position, i) => (position[kind] ? [i] : []));

describe('locateBlocks', () => {
  const blocks = [false, true, true, true, true, true, true, true, false].map((prose) => block(prose));

  it.each([
    ['beforeProse', [0]],
    ['nearStart', [0, 1, 2, 3, 4]],
    ['nearEnd', [6, 7, 8]],
    ['afterProse', [8]],
  ] as const)('tells which blocks are %s', (kind, indexes) => expect(names(kind, blocks)).toEqual(indexes));

  it('gives the share of prose that is left', () =>
    expect(locateBlocks([block(true), block(false), block(true)])?.map(({ proseLeft }) => proseLeft)).toEqual([1, 0.5, 0.5]));

  it('gives nothing without prose', () => expect(locateBlocks([block(false)])).toBeUndefined());
});
