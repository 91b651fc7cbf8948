import { extractFromHtml } from '@extractus/article-extractor';
import { lines } from './lines.js';

/** @extractus/article-extractor, without its fetching. */
export async function extract(html: string, url: string) {
  const article = await extractFromHtml(html, url);
  return {
    text: lines(article?.content ?? ''),
    title: article?.title,
    author: article?.author,
    date: article?.published,
    image: article?.image,
  };
}
