/**
 * Whether a text is a URL, by itself or against a base.
 *
 * Not `URL.canParse`: in Node 20, once it is compiled, it reads Latin-1 characters as broken UTF-8 and answers false for
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
