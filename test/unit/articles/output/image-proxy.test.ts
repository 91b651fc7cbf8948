import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { proxyImages } from '../../../../src/articles/output/image-proxy.js';
import { sanitize } from '../../../../src/articles/output/sanitize.js';
import { BadConfigError, loadConfig } from '../../../../src/config.js';

const template = 'https://proxy.example/?w=800&url={url}';
const clean = (html: string) => sanitize(parseDocument(html).children, { baseUrl: 'https://n.example/' });
const shown = (html: string) => proxyImages({ content_html: clean(html) }, template).content_html;

describe('proxyImages', () => {
  it.each([
    [
      'images',
      '<img src="/a.jpg?x=1&amp;y=2" alt="b">',
      '<img src="https://proxy.example/?w=800&amp;url=https%3A%2F%2Fn.example%2Fa.jpg%3Fx%3D1%26y%3D2" alt="b">',
    ],
    [
      'images with the src after other attributes',
      `<img alt=' src="x" > ' src="/a.jpg">`,
      '<img alt=" src=&quot;x&quot; &gt; " src="https://proxy.example/?w=800&amp;url=https%3A%2F%2Fn.example%2Fa.jpg">',
    ],
    [
      'URLs that are at the proxy already',
      '<img src="https://proxy.example/?w=800&amp;url=x">',
      '<img src="https://proxy.example/?w=800&amp;url=x">',
    ],
    [
      'posters',
      '<video src="/a.mp4" poster="/p.jpg" controls></video>',
      '<video src="https://n.example/a.mp4" poster="https://proxy.example/?w=800&amp;url=https%3A%2F%2Fn.example%2Fp.jpg" controls=""></video>',
    ],
    [
      'URLs with the signs of a replacement pattern',
      '<img src="/$&$1.jpg">',
      '<img src="https://proxy.example/?w=800&amp;url=https%3A%2F%2Fn.example%2F%24%26%241.jpg">',
    ],
    [
      'the attribute and not text that looks like one',
      '<img alt=" src=" title=" onerror=hit() src=x y=" src="/a.jpg">',
      '<img alt=" src=" title=" onerror=hit() src=x y=" src="https://proxy.example/?w=800&amp;url=https%3A%2F%2Fn.example%2Fa.jpg">',
    ],
    ['but neither links nor text', '<a href="/a.jpg">src="x"</a>', '<a href="https://n.example/a.jpg">src="x"</a>'],
  ])('rewrites %s', (_, html, expected) => expect(shown(html)).toBe(expected));

  it('changes nothing but the tags of images', () => {
    const [before, after] = ['<p>a &gt; b &amp; c</p><br>', '<table><tr><td>x</table>y'];
    const html = `${before}<img src="https://n.example/a.jpg">${after}`;
    const image = '<img src="https://proxy.example/?w=800&amp;url=https%3A%2F%2Fn.example%2Fa.jpg">';
    expect(proxyImages({ content_html: html }, template).content_html).toBe(before + image + after);
  });

  it('rewrites the lead image as well and changes nothing else', () => {
    const record = { id: 1, content_html: '', lead_image_url: 'https://n.example/l.jpg', title: 'https://n.example/l.jpg' };
    expect(proxyImages(record, template)).toEqual({
      ...record,
      lead_image_url: 'https://proxy.example/?w=800&url=https%3A%2F%2Fn.example%2Fl.jpg',
    });
    expect(proxyImages({ lead_image_url: null }, template)).toEqual({ lead_image_url: null });
  });
});

describe('IMAGE_PROXY', () => {
  it.each(['https://proxy.example/', 'proxy/{url}', 'ftp://proxy.example/{url}'])('refuses %s', (IMAGE_PROXY) =>
    expect(() => loadConfig({ IMAGE_PROXY })).toThrow(BadConfigError),
  );
  it('accepts a template', () => expect(loadConfig({ IMAGE_PROXY: template }).imageProxy).toBe(template));
});
