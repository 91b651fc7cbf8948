import { describe, expect, it } from 'vitest';
import { minimize } from '../../fuzz/minimize.js';

const EFFORT = { tries: 2_000, ms: 60_000 };
const PAGE = `<html><body>${'<p class="x">A paragraph.</p>\n'.repeat(50)}<!-- c --><b>needed</b> and <i>this</i></body></html>`;

const contains =
  (...texts: string[]) =>
  async (body: Buffer) =>
    texts.every((text) => body.includes(text));

describe('minimize', () => {
  it.each([
    ['one piece', ['<b>'], '<b>'],
    ['two pieces far from each other', ['<html>', '</i>'], '<html></i>'],
    ['a part of a word', ['eed'], 'eed'],
  ])('keeps only what the problem needs: %s', async (_, texts, expected) =>
    expect(String(await minimize(Buffer.from(PAGE), contains(...texts), EFFORT))).toBe(expected),
  );

  it('keeps bytes that are not UTF-8', async () => {
    const body = Buffer.concat([Buffer.from('<p>x</p>'), Buffer.from([0xff, 0x00, 0xfe]), Buffer.from('<p>y</p>')]);
    const hasProblem = async (rest: Buffer) => rest.includes(0xff) && rest.includes(0xfe);
    expect([...(await minimize(body, hasProblem, EFFORT))]).toEqual([0xff, 0xfe]);
  });

  it('ends after the tries that it may make, with a document that has the problem', async () => {
    let tries = 0;
    const hasProblem = async (rest: Buffer) => {
      tries += 1;
      return rest.includes('<b>');
    };
    const rest = await minimize(Buffer.from(PAGE), hasProblem, { ...EFFORT, tries: 5 });
    expect(tries).toBe(5);
    expect(rest.includes('<b>')).toBe(true);
  });
});
