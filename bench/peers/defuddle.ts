import { Defuddle } from 'defuddle/node';
import { parseHTML } from 'linkedom';
import { toText } from './to-text.js';

/** Extracts with Defuddle on linkedom. Its HTML is converted to text, because it returns no plain text. */
export async function extract(html: string, url: string) {
  const { document } = parseHTML(html);
  const article = await Defuddle(document, url);
  return {
    text: toText(article.content),
    title: article.title,
    author: article.author,
    date: article.published,
    language: article.language,
    image: article.image,
  };
}
