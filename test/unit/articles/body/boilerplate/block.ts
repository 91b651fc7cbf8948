import { Element } from 'domhandler';
import type { BlockPosition } from '../../../../../src/articles/body/block-positions.js';
import type { Block } from '../../../../../src/articles/body/blocks.js';

/** A block of text in an element without parents. */
export const block = (text: string, { name = 'p', ...values }: Partial<Block> & { name?: string } = {}): Block => ({
  element: new Element(name, {}),
  text,
  linked: 0,
  emphasized: 0,
  prose: false,
  list: undefined,
  ...values,
});

/** A position in the middle of the prose, unless `values` say otherwise. */
export const position = (values: Partial<BlockPosition> = {}): BlockPosition => ({
  beforeProse: false,
  nearStart: false,
  nearEnd: false,
  afterProse: false,
  proseLeft: 0.5,
  ...values,
});
