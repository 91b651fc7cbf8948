import type { JsonObject } from './json-ld.js';
import type { MetaElements } from './meta-elements.js';
import { stripMarkup } from './strip-markup.js';

/** The most tags that are kept of one article. */
const MAX_TAGS = 30;
/** Characters from which a text is no tag. */
const TOO_LONG = 80;

/** Reads the article's tags from the first source that has any: structured data, then meta elements. */
export function readTags(article: JsonObject | undefined, meta: MetaElements): string[] {
  const keywords = [article?.keywords].flat().filter((value) => typeof value === 'string');
  const sources = [keywords, meta.get('article:tag'), meta.get('parsely-tags'), meta.get('news_keywords'), meta.get('keywords')];
  const lines = sources.find((source) => source && source.length > 0) ?? [];
  const tags = lines
    .flatMap((line) => stripMarkup(line).split(/[,;，、]/))
    .map((tag) => tag.trim())
    .filter((tag) => tag.length > 1 && tag.length < TOO_LONG);
  return [...new Set(tags)].slice(0, MAX_TAGS);
}
