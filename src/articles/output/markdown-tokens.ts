/** Opening marks of strong, emphasis, strikethrough and a link. */
export type Mark = '**' | '*' | '~~' | '[';

/** A piece of a paragraph. */
export type Token =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  /** Markdown that is written as it is, such as an image. */
  | { kind: 'raw'; text: string }
  | { kind: 'break' }
  | { kind: 'open'; mark: Mark }
  /** `href` is a link's. */
  | { kind: 'close'; mark: Mark; href: string };

/** A token in a line: breaks have become raw white space. */
export type InlineToken = Exclude<Token, { kind: 'break' }>;
