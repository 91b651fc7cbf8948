import { describe, expect, it } from 'vitest';
import { type DiffParagraph, diffTexts } from '../../../src/text/text-diff.js';
import { cpuMs } from '../../timing.js';

/** A difference as `git diff --word-diff` writes it. */
const write = (paragraphs: readonly DiffParagraph[]) =>
  paragraphs.map((paragraph) =>
    paragraph.kind === 'left-out'
      ? `(${paragraph.count})`
      : paragraph.parts.map(({ kind, text }) => ({ same: text, removed: `[-${text}-]`, added: `{+${text}+}` })[kind]).join(''),
  );
const diff = (before: string, after: string, locale?: string) => write(diffTexts(before, after, locale));

describe('diffTexts', () => {
  it.each([
    ['changed words', 'The mayor said no to it.', 'The mayor said yes to it.', ['The mayor said [-no-]{+yes+} to it.']],
    ['an added paragraph', 'One\n\nTwo', 'One\n\nNew\n\nTwo', ['One', '{+New+}', 'Two']],
    ['a removed paragraph', 'One\n\nTwo', 'One', ['One', '[-Two-]']],
    [
      'a rewritten paragraph',
      'Rain in the north all day',
      'Sun over southern hills',
      ['[-Rain in the north all day-]', '{+Sun over southern hills+}'],
    ],
    ['nothing else', 'A\nB\nC\nD x y z\nE\nF\nG', 'A\nB\nC\nD x y w\nE\nF\nG', ['(2)', 'C', 'D x y [-z-]{+w+}', 'E', '(2)']],
    ['equal texts', 'A\nB', 'A\n\n\nB', ['(2)']],
    ['an empty text', '', 'A', ['{+A+}']],
    ['a moved line break', 'One two\nthree', 'One two\n\nthree', ['(2)']],
  ])('shows %s', (_, before, after, expected) => expect(diff(before, after)).toEqual(expected));

  it('compares words of scripts without spaces', () =>
    expect(diff('岸田文雄首相は東京で会見した。', '岸田文雄首相は大阪で会見した。', 'ja')).toEqual([
      '岸田文雄首相は[-東京-]{+大阪+}で会見した。',
    ]));

  it.each([
    ['many words', Array.from({ length: 60_000 }, (_, n) => `w${(n * 7_919) % 60_013}`).join(' ')],
    ['many paragraphs', Array.from({ length: 30_000 }, (_, n) => `p${(n * 7_919) % 60_013}`).join('\n')],
  ])('gives up soon on texts that have %s and nothing in common', async (_, text) => {
    const other = text.replace(/\d+/g, (digits) => String(Number(digits) * 31));
    expect(await cpuMs(() => expect(diffTexts(text, other).length).toBeGreaterThan(0))).toBeLessThan(10_000);
  });
});
