/**
 * Drops the fields that are null or undefined; empty strings, 0 and false stay. Rows have null where our types leave a field
 * out, and `exactOptionalPropertyTypes` forbids a field that is set to undefined, so write `{ id, ...present({ title:
 * row.title }) }`.
 */
export function present<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
