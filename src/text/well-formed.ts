/**
 * The text without what Postgres can't hold: NUL (escapes of JSON bring it, and lax decoders), and halves of surrogate pairs,
 * which become U+FFFD.
 */
export const wellFormed = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '') : text).toWellFormed();

/** The same of every text in a value of plain objects and arrays; all else stays as it is. */
export function wellFormedAll<T>(value: T): T {
  if (typeof value === 'string') return wellFormed(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => wellFormedAll(item)) as T;
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, wellFormedAll(item as unknown)])) as T;
}
