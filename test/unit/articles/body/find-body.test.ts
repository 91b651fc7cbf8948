import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { findBody } from '../../../../src/articles/body/find-body.js';
import { findStoryText, STORY } from './story-page.js';

describe('findBody', () => {
  it.each([
    ['a box for sharing', '<div class="share-bar"><p>Tell the whole harbour about it.</p></div>'],
    ['hidden elements', '<p style="display: none">Nobody sees this line.</p><p hidden>Nor this one.</p>'],
    [
      'the controls of a player',
      '<div class="video-js vjs-default-skin"><video src="/a.mp4"></video><div class="vjs-control-bar"><div class="vjs-duration">Duration Time 0:00</div></div></div>',
    ],
  ])('leaves out %s', (_, middle) => expect(findStoryText({ middle })).toBe(STORY));

  it('finds nothing on a page without text', () => expect(findBody(parseDocument('<body><img></body>'))).toBeUndefined());

  it('explains why an element was left out', () => {
    const document = parseDocument(
      `<main><p>${STORY}</p><p hidden>a</p><div class="share">b</div><div><a href="/x">c</a></div><p>Advertisement</p></main>`,
    );
    const found = findBody(document);
    const reasons = found?.root.children.map((child) => (child.type === 'tag' ? found.explainDropped(child) : undefined));
    expect(reasons).toEqual([
      undefined,
      'hidden, or not an element for text',
      'clutter by its class',
      'block of links',
      'interface text',
    ]);
  });
});
