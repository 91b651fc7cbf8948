/** Removes the given characters from the end of a text, in linear time: `/[…]+$/` takes quadratic time on long runs. */
export function trimEndChars(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** Removes the given characters from both ends of a text. */
export function trimChars(text: string, characters: string): string {
  const trimmed = trimEndChars(text, characters);
  let start = 0;
  while (start < trimmed.length && characters.includes(trimmed.charAt(start))) start += 1;
  return trimmed.slice(start);
}
