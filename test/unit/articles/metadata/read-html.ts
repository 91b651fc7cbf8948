import { parseDocument } from 'htmlparser2';
import { readMetadata } from '../../../../src/articles/metadata/metadata.js';

/** Reads the metadata of a page as of 2 March 2026. */
export const readHtml = (html: string, url = 'https://news.example/a/') =>
  readMetadata(parseDocument(html), url, new Date('2026-03-02T12:00:00Z'));

/** A JSON-LD script. */
export const jsonLd = (value: unknown): string => `<script type="application/ld+json">${JSON.stringify(value)}</script>`;
