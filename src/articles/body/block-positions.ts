import type { Block } from './blocks.js';

/** Where a block stands relative to the prose of a body. */
export interface BlockPosition {
  /** Before the first paragraph of prose. */
  beforeProse: boolean;
  /** Before the first paragraph of prose or among the few blocks after it, where a byline may follow a standfirst. */
  nearStart: boolean;
  /** Among the last blocks, with little prose left. */
  nearEnd: boolean;
  /** After the last paragraph of prose. */
  afterProse: boolean;
  /** Share of all prose from this block on, itself included: 0 to 1. */
  proseLeft: number;
}

/** Blocks after the first paragraph of prose that are near the start. */
const NEAR_START_BLOCKS = 3;
/** Blocks before the last paragraph of prose that are near the end. */
const NEAR_END_BLOCKS = 2;
/** Nothing is near the end while at least this share of the prose follows. */
const NEAR_END_PROSE = 0.2;

/** The position of each block, in the same order. Undefined if there is no prose. */
export function locateBlocks(blocks: readonly Block[]): readonly BlockPosition[] | undefined {
  const first = blocks.findIndex(({ prose }) => prose);
  if (first < 0) return undefined;
  const last = blocks.findLastIndex(({ prose }) => prose);
  const total = blocks.reduce((sum, { prose, text }) => sum + (prose ? text.length : 0), 0);
  let left = total;
  return blocks.map(({ prose, text }, i) => {
    const proseLeft = left / total;
    if (prose) left -= text.length;
    return {
      beforeProse: i < first,
      nearStart: i <= first + NEAR_START_BLOCKS,
      nearEnd: i >= last - NEAR_END_BLOCKS && left < total * NEAR_END_PROSE,
      afterProse: i > last,
      proseLeft,
    };
  });
}
