import { describe, expect, it } from 'vitest';
import { createSiteMatcher, stripSiteName } from '../../../../src/articles/metadata/strip-site-name.js';

const site = createSiteMatcher(['The Example', 'Harbour Gazette News'], 'www.example-news.org');

describe('stripSiteName', () => {
  it.each([
    ['after a bar', 'The ferry is late | The Example', 'The ferry is late'],
    ['after the section, which stays', 'The ferry is late - Weather - The Example', 'The ferry is late - Weather'],
    ['before a colon', 'The Example: The ferry is late', 'The ferry is late'],
    ['as initials', 'The ferry is late | HGN', 'The ferry is late'],
    ['as the host', 'The ferry is late – example-news', 'The ferry is late'],
    ['within a longer text', 'The ferry is late – example-news online', 'The ferry is late'],
    ['not in the headline itself', 'The ferry: late again', 'The ferry: late again'],
  ])('removes the site name %s', (_, title, expected) => expect(stripSiteName(title, site, [])).toBe(expected));

  it('removes an unknown name after a headline that the page shows', () =>
    expect(stripSiteName('The ferry is late – Quay', site, ['theferryislate'])).toBe('The ferry is late'));
});

describe('createSiteMatcher', () => {
  it.each(['The Example', 'the example!', 'HGN', 'Example News'])('recognizes %j', (name) =>
    expect(site.isSiteName(name)).toBe(true),
  );
  it.each(['Example', 'HG', 'www'])('does not recognize %j', (name) => expect(site.isSiteName(name)).toBe(false));
});
