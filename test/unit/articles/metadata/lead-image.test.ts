import { describe, expect, it } from 'vitest';
import { jsonLd, readHtml } from './read-html.js';

const figure = (src: string, caption: string) => `<figure><img ${src}><figcaption>${caption}</figcaption></figure>`;
const openGraph = (url: string, width = '1200') =>
  `<meta property="og:image" content="${url}"><meta property="og:image:width" content="${width}">
  <meta property="og:image:height" content="630">`;
const structured = (image: unknown) => jsonLd({ '@type': 'NewsArticle', image });

describe('readLeadImage', () => {
  it.each([
    ['the size in OpenGraph', openGraph('/p.jpg'), { width: 1200, height: 630 }],
    [
      'no width without a height',
      '<meta property="og:image" content="/p.jpg"><meta property="og:image:width" content="1200">',
      {},
    ],
    ['no size that is impossible', openGraph('/p.jpg', '-1'), {}],
    [
      'the caption of the figure that shows the same file',
      `${openGraph('/p.jpg?w=1200')}${figure('src="/q.jpg"', 'Other')}${figure('src="/p.jpg?w=400"', 'The <b>quay</b>')}`,
      { width: 1200, height: 630, caption: 'The quay' },
    ],
    [
      'the caption of a figure that is loaded lazily',
      `${openGraph('/p.jpg')}${figure('src="data:x" data-srcset="/s.jpg 1x, /p.jpg 2x"', 'The quay')}`,
      { width: 1200, height: 630, caption: 'The quay' },
    ],
    [
      'size and caption in structured data',
      `${openGraph('/o.jpg')}${structured([{ url: '/p.jpg', width: '800px', height: { value: 600 }, caption: 'Quay' }])}`,
      { width: 800, height: 600, caption: 'Quay' },
    ],
    ['not the size of another image', `${openGraph('/o.jpg')}${structured('/p.jpg')}`, {}],
  ])('reads %s', (_, html, expected) => {
    const { url, ...rest } = readHtml(html).leadImage ?? {};
    expect(url).toMatch(/^https:\/\/news\.example\/p\.jpg/);
    expect(rest).toEqual(expected);
  });

  it('accepts http and https URLs only', () =>
    expect(readHtml('<meta property="og:image" content="data:image/png;base64,AA">').leadImage).toBeUndefined());
});
