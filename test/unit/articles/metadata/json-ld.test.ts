import { describe, expect, it } from 'vitest';
import { findArticle, parseJsonLd, resolveReference } from '../../../../src/articles/metadata/json-ld.js';

const headline = (source: string) => findArticle(parseJsonLd(source))?.headline;

describe('parseJsonLd', () => {
  it.each([
    ['as it should be', '{"@type":"NewsArticle","headline":"Late"}'],
    ['in a list', '[{"@type":"WebSite"},{"@type":["Article"],"headline":"Late"}]'],
    ['in a graph', '{"@graph":[{"@type":"BlogPosting","headline":"Late"}]}'],
    ['as the main entity', '{"@type":"WebPage","mainEntity":{"@type":"Article","headline":"Late"}}'],
    ['in a comment', '<!-- {"@type":"Article","headline":"Late"} -->'],
    ['in CDATA', '//<![CDATA[\n{"@type":"Article","headline":"Late"}\n//]]>'],
    ['with a comma too many', '{"@type":"Article","headline":"Late",}'],
    ['with a line break in a text', '{"@type":"Article","headline":"Late","description":"a\nb"}'],
    ['with a semicolon', '{"@type":"Article","headline":"Late"};'],
    ['two after another', '{"@type":"WebSite"} {"@type":"Article","headline":"Late"}'],
    ['with bare quotes', '{"@type":"NewsArticle","headline":"Late","description":"the "old" ferry"}'],
    ['cut off', '{"@type":"NewsArticle","headline":"Late","author":{"@type":"Per'],
  ])('%s', (_, source) => expect(headline(source)).toBe('Late'));

  it('finds what a reference means', () => {
    const objects = parseJsonLd(
      '{"@graph":[{"@type":"Person","@id":"#ada","name":"Ada"},{"@type":"Article","author":{"@id":"#ada"}}]}',
    );
    expect(resolveReference({ '@id': '#ada' }, objects)).toMatchObject({ name: 'Ada' });
  });

  it.each(['', '{', 'null', '"x"', '[[[[]]]]'])('has nothing of %j', (source) =>
    expect(findArticle(parseJsonLd(source))).toBeUndefined(),
  );

  it('is quick on what is hostile', () => {
    expect(headline(`${'{'.repeat(200_000)}`)).toBeUndefined();
    expect(headline(`{"@type":"Article"${' '.repeat(300_000)}`)).toBeUndefined();
    expect(headline(`[${'{},'.repeat(100_000)}`)).toBeUndefined();
  });
});
