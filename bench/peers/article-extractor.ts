import { extractFromHtml } from '@extractus/article-extractor';
import { toText } from './to-text.js';

/** Extracts with @extractus/article-extractor, from HTML that is already fetched. */
export async function extract(html: string, url: string) {
  const article = await extractFromHtml(html, url);
  return {
    text: toText(article?.content ?? ''),
    title: article?.title,
    author: article?.author,
    date: article?.published,
    image: article?.image,
  };
}
