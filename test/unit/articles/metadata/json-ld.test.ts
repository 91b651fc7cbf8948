import { describe, expect, it } from 'vitest';
import { findArticle, parseJsonLd, readName, readText, resolveReference } from '../../../../src/articles/metadata/json-ld.js';

const headline = (source: string) => findArticle(parseJsonLd(source))?.headline;

describe('parseJsonLd', () => {
  it.each([
    ['a plain object', '{"@type":"NewsArticle","headline":"Late"}'],
    ['a list', '[{"@type":"WebSite"},{"@type":["Article"],"headline":"Late"}]'],
    ['a graph', '{"@graph":[{"@type":"BlogPosting","headline":"Late"}]}'],
    ['a main entity', '{"@type":"WebPage","mainEntity":{"@type":"Article","headline":"Late"}}'],
    ['a comment', '<!-- {"@type":"Article","headline":"Late"} -->'],
    ['CDATA', '//<![CDATA[\n{"@type":"Article","headline":"Late"}\n//]]>'],
    ['an object with a trailing comma', '{"@type":"Article","headline":"Late",}'],
    ['an object with a line break in a text', '{"@type":"Article","headline":"Late","description":"a\nb"}'],
    ['an object with a semicolon after it', '{"@type":"Article","headline":"Late"};'],
    ['two objects without a list', '{"@type":"WebSite"} {"@type":"Article","headline":"Late"}'],
    ['quotes that are not escaped', '{"@type":"NewsArticle","headline":"Late","description":"the "old" ferry"}'],
    ['an object that is cut off', '{"@type":"NewsArticle","headline":"Late","author":{"@type":"Per'],
  ])('reads %s', (_, source) => expect(headline(source)).toBe('Late'));

  it.each(['', '{', 'null', '"x"', '[[[[]]]]'])('finds no article in %j', (source) =>
    expect(findArticle(parseJsonLd(source))).toBeUndefined(),
  );

  it.each([
    ['braces', '{'.repeat(200_000)],
    ['spaces', `{"@type":"Article"${' '.repeat(300_000)}`],
    ['objects', `[${'{},'.repeat(100_000)}`],
  ])('is fast on hostile input: many %s', (_, source) => expect(headline(source)).toBeUndefined());
});

describe('findArticle', () => {
  it('prefers an article with a headline and a date', () => {
    const objects = parseJsonLd('[{"@type":"Review"},{"@type":"Article","headline":"Late","datePublished":"2026-03-02"}]');
    expect(findArticle(objects)).toMatchObject({ headline: 'Late' });
  });
});

describe('resolveReference', () => {
  it('finds the object that a reference means', () => {
    const objects = parseJsonLd(
      '{"@graph":[{"@type":"Person","@id":"#ada","name":"Ada"},{"@type":"Article","author":{"@id":"#ada"}}]}',
    );
    expect(resolveReference({ '@id': '#ada' }, objects)).toMatchObject({ name: 'Ada' });
  });

  it('returns any other value', () => expect(resolveReference('Ada', [])).toBe('Ada'));
});

describe('readText', () => {
  it.each([
    [' Ada ', 'Ada'],
    [3, '3'],
    [['Ada', 'Bea'], 'Ada'],
    [' ', undefined],
    [{}, undefined],
  ])('reads %j as %j', (value, text) => expect(readText(value)).toBe(text));
});

describe('readName', () => {
  it.each([
    [{ name: 'Ada' }, 'Ada'],
    [[{ name: 'Ada' }], 'Ada'],
    ['Ada', 'Ada'],
    [null, undefined],
  ])('reads %j as %j', (value, name) => expect(readName(value)).toBe(name));
});
