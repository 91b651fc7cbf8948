import { franc } from 'franc-min';

/** Shorter texts give unreliable answers, in characters. */
const MIN_TEXT = 120;
/** Characters of a text that are looked at; more do not improve the answer. */
const MAX_TEXT = 1_500;

/** Detects the language of a text. Returns a BCP 47 tag, or undefined where the text is too short or the language is unclear. */
export function detectLanguage(text: string): string | undefined {
  if (text.length < MIN_TEXT) return undefined;
  const code = franc(text.slice(0, MAX_TEXT), { minLength: MIN_TEXT });
  // franc returns ISO 639-3 codes; getCanonicalLocales shortens `deu` to `de`, but does not know these two.
  const [tag] = code === 'und' ? [] : Intl.getCanonicalLocales(code === 'cmn' ? 'zh' : code === 'nob' ? 'nb' : code);
  return tag;
}

/** Normalizes a declared language: `de_DE` to `de-DE`, `DE` to `de`. Undefined for anything that is not a language tag. */
export function toLanguageTag(value: string | undefined): string | undefined {
  const parts = value?.trim().split(/[-_]/);
  const primary = parts?.[0]?.toLowerCase();
  if (!primary || !/^[a-z]{2,3}$/.test(primary)) return undefined;
  const region = parts?.slice(1).find((part) => /^([a-z]{2}|\d{3})$/i.test(part));
  return region ? `${primary}-${region.toUpperCase()}` : primary;
}
