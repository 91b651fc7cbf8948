/** Whether a document still has the problem that it is minimized for. */
export type HasProblem = (body: Buffer) => Promise<boolean>;

/** Pieces that are removed whole: tags, comments, and the words between them. */
const PIECES = /<[^<>]*>|[^<\s]+|\s+|</g;
/** Up to this length, single bytes are removed, in bytes. */
const MAX_LENGTH_BY_BYTE = 4_000;

/** How much is tried. */
export interface Effort {
  tries: number;
  ms: number;
}

/**
 * Removes parts of a document for as long as its problem remains: first pieces of markup, then bytes (delta debugging: halves
 * first, then ever smaller parts).
 */
export async function minimize(body: Uint8Array, hasProblem: HasProblem, effort: Effort): Promise<Buffer> {
  const endsAt = performance.now() + effort.ms;
  let tries = effort.tries;
  const isNeeded = async (rest: string[]): Promise<boolean> => {
    tries -= 1;
    return !(await hasProblem(Buffer.from(rest.join(''), 'latin1')));
  };
  const isOver = () => tries <= 0 || performance.now() > endsAt;
  // As Latin-1, every byte is one character.
  const pieces = await removeParts(Buffer.from(body).toString('latin1').match(PIECES) ?? [], isNeeded, isOver);
  const text = pieces.join('');
  const bytes = text.length <= MAX_LENGTH_BY_BYTE ? await removeParts([...text], isNeeded, isOver) : [text];
  return Buffer.from(bytes.join(''), 'latin1');
}

/** Removes runs of parts, from half of them down to single ones, and all over again as long as that helps. */
async function removeParts(
  parts: readonly string[],
  isNeeded: (rest: string[]) => Promise<boolean>,
  isOver: () => boolean,
): Promise<string[]> {
  let kept = [...parts];
  let before: number;
  do {
    before = kept.length;
    for (let size = Math.ceil(kept.length / 2); size >= 1; size = Math.floor(size / 2)) {
      for (let at = 0; at < kept.length && !isOver(); ) {
        const rest = kept.toSpliced(at, size);
        if (await isNeeded(rest)) at += size;
        else kept = rest;
      }
    }
  } while (kept.length < before && !isOver());
  return kept;
}
