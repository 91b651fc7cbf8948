/** The `code` of an error of the system, a library or Postgres (SQLSTATE); empty when it has none. */
export const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
