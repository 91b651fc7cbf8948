import { expect, it } from 'vitest';
import { parseOptions } from '../../fuzz/options.js';

const NO_LIMIT = Number.POSITIVE_INFINITY;

it.each([
  ['no options', [], { seed: 99, documents: 5_000, minutes: NO_LIMIT }],
  ['a seed', ['--seed', '0'], { seed: 0, documents: 5_000, minutes: NO_LIMIT }],
  ['documents', ['--documents', '1'], { seed: 99, documents: 1, minutes: NO_LIMIT }],
  ['minutes, which replace the default of documents', ['--minutes', '0.5'], { seed: 99, documents: NO_LIMIT, minutes: 0.5 }],
  ['both limits', ['--minutes', '2', '--documents', '7'], { seed: 99, documents: 7, minutes: 2 }],
  ['--help', ['--help', '--seed', 'x'], 'help'],
] as const)('reads %s', (_, args, expected) => expect(parseOptions([...args], 99)).toEqual(expected));

it.each([
  [['--seed', 'x'], '--seed must be a whole number from 0 to 4294967295'],
  [['--seed', ''], '--seed must be a whole number'],
  [['--seed', '4294967296'], '--seed must be a whole number'],
  [['--documents', '0'], '--documents must be a whole number'],
  [['--documents', '1.5'], '--documents must be a whole number'],
  [['--minutes', '0'], '--minutes must be a number from 0.01'],
  [['--minutes', 'Infinity'], '--minutes must be a number from 0.01'],
  [['--minute', '1'], "Unknown option '--minute'"],
  [['1'], 'Unexpected argument'],
])('refuses %j', (args, problem) => expect(parseOptions(args, 99)).toEqual({ problem: expect.stringContaining(problem) }));
