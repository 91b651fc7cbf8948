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

/** Resolves a URL against a base. Undefined if it is empty, or the result is not an http or https URL. */
export function resolveHttpUrl(url: string, base: string): string | undefined {
  if (url === '' || !canParseUrl(url, base)) return undefined;
  const { href, protocol } = new URL(url, base);
  return /^https?:$/.test(protocol) ? href : undefined;
}
