import { expect, it } from 'vitest';
import { parseHeaderLines } from '../../../src/cli/header-lines.js';

it('reads one header a line', () => {
  const lines = 'Authorization: Bearer a:b\r\n\r\nX-Key:  1 \n';
  expect(parseHeaderLines(lines)).toEqual({ authorization: 'Bearer a:b', 'x-key': '1' });
});

it.each(['x: s3cret\u0000', 'x: s3cret\ud800', 'x\u0000s3cret: 1', 'x: s3cret\ry: 1', 'x: ü s3cret', 's3cret', 'A: s3cret'])(
  'refuses %j without repeating it',
  (line) => {
    const parse = () => parseHeaderLines(`a: 1\n${line}`);
    expect(parse).toThrow(/^Line 2 of the headers/);
    expect(parse).not.toThrow(/s3cret/);
  },
);
