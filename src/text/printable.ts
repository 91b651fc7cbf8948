/** Replaces control characters and direction marks with spaces: a hostile title must not be able to steer a terminal. */
export const toPrintable = (text: string): string => text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, ' ');
