import { isTag } from 'domhandler';
import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { addMetaElement, firstMeta, type MetaElements } from '../../../../src/articles/metadata/meta-elements.js';

function collect(html: string): MetaElements {
  const meta: MetaElements = new Map();
  for (const element of parseDocument(html).children.filter(isTag)) addMetaElement(meta, element);
  return meta;
}

describe('addMetaElement', () => {
  it.each(['name', 'property', 'http-equiv', 'itemprop'])('reads the name from %s', (attribute) =>
    expect(collect(`<meta ${attribute}="Author" content=" Ada ">`).get('author')).toEqual(['Ada']),
  );

  it('keeps all contents of a name in order', () =>
    expect(collect('<meta name="author" content="Ada"><meta name="author" content="Bea">').get('author')).toEqual([
      'Ada',
      'Bea',
    ]));

  it('ignores an empty content', () => expect(collect('<meta name="author" content=" ">').size).toBe(0));
});

describe('firstMeta', () => {
  it('returns the content of the first name that the page has', () => {
    const meta = collect('<meta name="b" content="1"><meta name="c" content="2">');
    expect(firstMeta(meta, 'a', 'b', 'c')).toBe('1');
    expect(firstMeta(meta, 'a')).toBeUndefined();
  });
});
