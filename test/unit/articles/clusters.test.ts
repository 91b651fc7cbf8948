import { describe, expect, it } from 'vitest';
import { type Clustered, chooseClusters, type Unclustered } from '../../../src/articles/clusters.js';
import { fingerprint } from '../../../src/articles/fingerprint.js';
import { toSearchKeys } from '../../../src/text/search-words.js';

const story = (subject: string) => Array.from({ length: 60 }, (_, n) => `${subject}${n}`).join(' ');
const unclustered = (id: number, text: string, more: Partial<Unclustered> = {}): Unclustered => ({
  id,
  ...fingerprint(text, toSearchKeys(null, text).all),
  former: undefined,
  candidates: [],
  ...more,
});
const clustered = (id: number, clusterId: number, text?: string): Clustered => ({
  id,
  clusterId,
  sketch: text === undefined ? undefined : fingerprint(text, toSearchKeys(null, text).all).sketch,
});
const [ferry, bridge] = [story('ferry'), story('bridge')];

describe('chooseClusters', () => {
  it.each<[string, Unclustered[], [number, number | undefined][]]>([
    ['gives a record that is alone a cluster of its own', [unclustered(5, ferry)], [[5, 5]]],
    ['gives none to a text that is too short', [unclustered(5, 'Video only.')], [[5, undefined]]],
    [
      'takes the cluster of a candidate with the same text, not that of another',
      [unclustered(9, ferry, { candidates: [clustered(2, 1, bridge), clustered(4, 3, `${ferry} More follows.`)] })],
      [[9, 3]],
    ],
    [
      'takes the most similar one; of equal ones, the oldest',
      [
        unclustered(9, ferry, {
          candidates: [clustered(3, 3, `${ferry} ${story('x')}`), clustered(7, 7, ferry), clustered(5, 5, ferry)],
        }),
      ],
      [[9, 5]],
    ],
    [
      'puts copies that come together into one cluster, in whichever order they come',
      [unclustered(8, ferry), unclustered(6, `${ferry} More follows.`), unclustered(7, bridge)],
      [
        [6, 6],
        [7, 7],
        [8, 6],
      ],
    ],
    [
      'leaves a record whose text stays about the same where it is',
      [unclustered(9, `${ferry} Corrected.`, { former: clustered(9, 2, ferry), candidates: [clustered(4, 4, ferry)] })],
      [[9, 2]],
    ],
    [
      'looks again for a record whose text is another one now',
      [unclustered(9, bridge, { former: clustered(9, 2, ferry), candidates: [clustered(4, 4, bridge)] })],
      [[9, 4]],
    ],
    [
      'gives a record that left its cluster one of its own',
      [unclustered(9, bridge, { former: clustered(9, 2, ferry) })],
      [[9, 9]],
    ],
    [
      'leaves a record that has no sketch yet where it is, if nothing is found',
      [
        unclustered(9, ferry, { former: clustered(9, 2) }),
        unclustered(10, bridge, { former: clustered(10, 3), candidates: [clustered(4, 4, bridge)] }),
      ],
      [
        [9, 2],
        [10, 4],
      ],
    ],
    [
      'lets a new copy join a record of the same call that stays where it is, even an older copy',
      [unclustered(3, ferry), unclustered(9, ferry, { former: clustered(9, 2, ferry) })],
      [
        [3, 2],
        [9, 2],
      ],
    ],
  ])('%s', (_, records, expected) => {
    expect([...chooseClusters(records)].sort(([a], [b]) => a - b)).toEqual(expected);
  });
});
