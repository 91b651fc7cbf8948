/**
 * Characters replaced at a time. V8 keeps every match of a `replace` in memory until it is done, so that a hostile document
 * could fill the memory.
 */
const CHUNK = 64 * 1024;
/** The longest text that one of the patterns looks at, with room to spare, in characters. */
const MARGIN = 64;

/** Applies `replace` to a text chunk by chunk. No chunk ends where a reference or a tag may continue. */
export function replaceInChunks(text: string, replace: (chunk: string) => string): string {
  if (text.length <= CHUNK) return replace(text);
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const margin = text.slice(at + CHUNK - MARGIN, at + CHUNK);
    const open = Math.max(margin.lastIndexOf('&'), margin.lastIndexOf('<'));
    const end = open < 0 ? at + CHUNK : at + CHUNK - MARGIN + open;
    pieces.push(replace(text.slice(at, end)));
    at = end;
  }
  return pieces.join('');
}
