/** The Authorization header for the user name and password of a URL (RFC 7617); undefined when it has none. */
export const basicAuthorization = (url: URL): string | undefined =>
  url.username ? `Basic ${Buffer.from(`${decode(url.username)}:${decode(url.password)}`).toString('base64')}` : undefined;

/** Undoes percent-encoding. A `%` that encodes nothing, which a redirect may contain, stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

/** The URL without user name, password and fragment: what is requested, and what is reported as a document's address. */
export function withoutCredentials(url: URL | string): string {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  bare.hash = '';
  return bare.href;
}

/** Removes user names and passwords (RFC 3986 §3.2.1) from every URL in a text, for output that others may see. */
export const redactCredentials = (text: string): string => text.replace(/(?<=[a-z0-9+.-]:\/\/)[^\s/?#"'<>]*@/gi, '');
