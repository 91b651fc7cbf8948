import { load } from 'cheerio';
import { isTag } from 'domhandler';
import { parseDocument } from 'htmlparser2';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import Parser from 'rss-parser';
import { proxyImages } from '../src/articles/output/image-proxy.js';
import { sanitize } from '../src/articles/output/sanitize.js';
import { writeExplanation } from '../src/cli/explanation-page.js';
import { writeArchive } from '../src/export/archive.js';
import { writeAtom, writeRss } from '../src/export/feeds.js';
import { writeMarkdown } from '../src/export/markdown.js';
import type { ExportRecord } from '../src/export/record.js';
import { escapeText } from '../src/text/escape.js';
import { articleRecord } from './builders.js';

const AT = new Date('2026-03-01T06:39:03Z');
const URL = 'https://n.example/a';

/** A Markdown renderer that does not sanitize anything. */
const render = (markdown: string) =>
  micromark(markdown, {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
  });

/** The record of a hostile article. `html` becomes its sanitized body, and is the unsanitized text of its other fields. */
function hostileRecord(html: string): ExportRecord {
  const title = html.replace(/\s+/g, ' ').trim();
  return {
    id: 7,
    url: URL,
    title,
    authors: [title],
    dated_at: AT,
    published_at: AT,
    language: 'en',
    site_name: title,
    feed_id: 3,
    feed_title: title,
    feed_url: 'https://n.example/feed',
    excerpt: title,
    content_html: sanitize(parseDocument(html).children, { baseUrl: URL }),
    content_text: title,
    lead_image_url: null,
    word_count: 5,
    content_source: 'page',
    categories: [title],
    first_seen_at: AT,
    stored_at: AT,
    updated_at: AT,
    revision: 1,
  };
}

/** The HTML that a consumer shows, by output, for each output that can carry an article with `html`. */
export async function writeOutputs(html: string): Promise<Record<string, string>> {
  const record = hostileRecord(html);
  const proxied = proxyImages(record, 'https://proxy.example/?w=800&url={url}');
  const markdown = writeMarkdown(proxied);
  const head = { title: record.title, url: URL };
  return {
    records: record.content_html,
    'records with IMAGE_PROXY': proxied.content_html,
    'archive files': writeArchive(proxied),
    'archive files, rendered as Markdown': render(writeArchive(proxied)),
    'Markdown files': render(markdown.slice(markdown.indexOf('\n---\n') + 5)),
    'Markdown files, front matter included': render(markdown),
    'JSON Lines': (JSON.parse(JSON.stringify(proxied)) as ExportRecord).content_html,
    RSS: await showRss(writeRss(head, [proxied])),
    Atom: await showAtom(writeAtom(head, [proxied])),
    'the explanation page': showExplanation(record),
  };
}

/** Shows RSS as a reader does that treats every field as HTML. */
async function showRss(xml: string): Promise<string> {
  const fields = ['description', ['content:encoded', 'full'], 'dc:creator'] as const;
  const parser = new Parser<object, Record<string, unknown>>({ customFields: { item: [...fields] as string[] } });
  const { title, description, items } = await parser.parseString(xml);
  const shown = items.map((item) => [item.title, item.description, item.full, item['dc:creator'], item.categories]);
  return [title, description, ...shown.flat(2)].join('\n');
}

/** Shows Atom. RFC 4287 says for every field whether it is text or HTML. */
async function showAtom(xml: string): Promise<string> {
  const { items, title = '' } = await new Parser().parseString(xml);
  return [escapeText(title), ...items.map((item) => `${escapeText(item.title ?? '')}\n${item.content}`)].join('\n');
}

/** Removes the Content-Security-Policy, so that only escaping protects the page. */
function showExplanation({ title }: ExportRecord): string {
  const record = articleRecord({ title, authors: [title], siteName: title, language: title });
  const block = { fate: 'dropped', reason: title, element: title, text: title } as const;
  return writeExplanation(URL, record, { body: [title], rule: title, blocks: [block] }).replace(/<meta http-equiv[^>]*>/, '');
}

/** What would run a script in HTML, read by a parser that works as browsers do: cheerio's default, parse5. */
export function findScripts(html: string): string[] {
  const $ = load(html);
  const all = $('*').toArray().filter(isTag);
  const active = all.filter(({ name }) => /^(script|iframe|object|embed|base|form|link)$/.test(name));
  const attributes = all.flatMap(({ attribs }) => Object.entries(attribs).map(([name, value]) => `${name}=${value}`));
  return [
    ...active.map(({ name }) => name),
    ...attributes.filter((one) =>
      /^on|^srcdoc=|^(href|src|poster|data|action)=\s*(javascript|vbscript|livescript|data):/i.test(one),
    ),
  ];
}
