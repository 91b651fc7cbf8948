/**
 * The fields of `values` that have a value. Rows say null where our types leave a field out, and `exactOptionalPropertyTypes`
 * does not let a field be there and undefined: `{ id, ...present({ title: row.title }) }`.
 */
export function present<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
