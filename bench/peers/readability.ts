import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';

/** Extracts with Mozilla's Readability on linkedom, as most Node projects run it. */
export function extract(html: string) {
  // linkedom's document has everything that Readability needs, but not the type Document.
  const { document } = parseHTML(html);
  const article = new Readability(document as unknown as ConstructorParameters<typeof Readability>[0]).parse();
  return {
    text: article?.textContent ?? '',
    title: article?.title,
    author: article?.byline,
    date: article?.publishedTime,
    language: article?.lang,
  };
}
