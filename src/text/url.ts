/**
 * Whether a text is a URL, by itself or against a base.
 *
 * Use this instead of `URL.canParse`: in Node 20, once that is optimized, it misreads Latin-1 characters and returns false for
 * `https://münchen.example/`.
 */
export function canParseUrl(text: string, base?: string | URL): boolean {
  try {
    new URL(text, base);
    return true;
  } catch {
    return false;
  }
}
