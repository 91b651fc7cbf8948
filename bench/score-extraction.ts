import { readHtml } from '../src/articles/read-page.js';

/** Extracts a page for the scorer, without site rules and without a feed. */
export function extract(html: string, url: string) {
  const now = new Date();
  const { metadata, content } = readHtml(html, url, now);
  return {
    text: content?.text ?? '',
    title: metadata?.title,
    author: metadata?.authors,
    date: metadata?.publishedIso,
    language: metadata?.language,
    image: metadata?.leadImage?.url,
  };
}
