import { Defuddle } from 'defuddle/node';
import { parseHTML } from 'linkedom';
import { lines } from './lines.js';

/** Defuddle on linkedom; its HTML as text, since it gives no plain text. */
export async function extract(html: string, url: string) {
  const { document } = parseHTML(html);
  const article = await Defuddle(document, url);
  return {
    text: lines(article.content),
    title: article.title,
    author: article.author,
    date: article.published,
    language: article.language,
    image: article.image,
  };
}
