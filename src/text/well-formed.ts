/**
 * Removes what Postgres can't store in a text: NUL, which JSON escapes and lax decoders produce, is dropped, and unpaired
 * surrogates become U+FFFD.
 */
export const wellFormed = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '') : text).toWellFormed();

/** Applies `wellFormed` to every string in a value made of plain objects and arrays. Everything else is returned unchanged. */
export function wellFormedAll<T>(value: T): T {
  if (typeof value === 'string') return wellFormed(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => wellFormedAll(item)) as T;
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, wellFormedAll(item as unknown)])) as T;
}
