/** Removes user names and passwords (RFC 3986 §3.2.1) from every URL in a text, for output that others may see. */
export const redactCredentials = (text: string): string => text.replace(/([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/?#"'<>]*@/gi, '$1');
