/** Escapes text for the content of an HTML or XML element. */
export const escapeText = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** Escapes text for an attribute value in double quotes. */
export const escapeAttribute = (text: string): string => escapeText(text).replace(/"/g, '&quot;');

/**
 * Escapes only what could begin a tag. For plain text in places that some programs take for text and others for HTML: `1 < 2`
 * stays as it is.
 */
export const escapeTags = (text: string): string => text.replace(/<(?=[a-z/!?])/gi, '&lt;');
