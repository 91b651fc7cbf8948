import iconv from 'iconv-lite';
import { expect, it } from 'vitest';
import { decode } from '../../../src/text/decode.js';

const xml = (label: string, text: string) => `<?xml version="1.0" encoding="${label}"?><t>${text}</t>`;

it.each([
  ['GBK by its declaration', iconv.encode(xml('gb2312', '云水县新闻'), 'gbk'), '', '云水县新闻'],
  ['Shift_JIS by the header', iconv.encode('<t>潮騒新聞の記事</t>', 'cp932'), 'text/xml; charset=Shift_JIS', '潮騒新聞の記事'],
  ['windows-1252 declared as latin-1', iconv.encode(xml('iso-8859-1', '“quoted” – €'), 'windows-1252'), '', '“quoted” – €'],
  ['UTF-16 with a byte order mark', iconv.encode(xml('utf-16', 'ä漢'), 'utf-16', { addBOM: true }), '', 'ä漢'],
  ['UTF-16BE without a byte order mark', iconv.encode(xml('utf-16', 'ä漢'), 'utf-16be', { addBOM: false }), '', 'ä漢'],
  ['UTF-8 declared as latin-1', Buffer.from(xml('iso-8859-1', 'naïve 漢字')), '', 'naïve 漢字'],
  ['UTF-8 without a declaration', Buffer.from('<t>Größe</t>'), '', 'Größe'],
  ['Korean code page 949', iconv.encode(xml('euc-kr', '똠방각하 뷁'), 'cp949'), '', '똠방각하 뷁'],
  [
    'windows-1251 by the header',
    iconv.encode('<t>Новости дня</t>', 'windows-1251'),
    'text/xml; charset=windows-1251',
    'Новости дня',
  ],
])('decodes %s', (_, body, contentType, expected) => {
  expect(decode(body, contentType, 'xml').text).toContain(expected);
});

it('obeys the meta charset of a page', () => {
  const page = iconv.encode('<html><head><meta charset="big5"></head><body>繁體中文新聞</body>', 'big5');
  expect(decode(page, 'text/html', 'html').text).toContain('繁體中文新聞');
});

it('stays with UTF-8 despite a truncated character', () => {
  const body = Buffer.concat([Buffer.from('<p>Der Fluß ist für alle geöffnet: '), Buffer.from([0xc3]), Buffer.from('</p>')]);
  expect(decode(body, 'text/html; charset=utf-8', 'html').text).toContain('Der Fluß ist für alle geöffnet');
});
