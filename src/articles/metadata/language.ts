import { franc } from 'franc-min';

/** Shorter texts are guesses, in characters. */
const MIN_TEXT = 120;
/** More text makes the answer no better, in characters. */
const MAX_TEXT = 1_500;

/** The language that a text is written in, as BCP 47 has it; undefined where nobody could tell. */
export function languageOf(text: string): string | undefined {
  if (text.length < MIN_TEXT) return undefined;
  const code = franc(text.slice(0, MAX_TEXT), { minLength: MIN_TEXT });
  // franc says `deu` and `cmn`, the web `de` and `zh`: the platform knows which is which.
  const [tag] = code === 'und' ? [] : Intl.getCanonicalLocales(code === 'cmn' ? 'zh' : code === 'nob' ? 'nb' : code);
  return tag;
}
