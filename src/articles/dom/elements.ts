/** Elements that start on a new line. */
export const BLOCK_ELEMENTS: ReadonlySet<string> = new Set(
  `
    address article aside blockquote dd details div dl dt figure footer form h1 h2 h3 h4 h5 h6 header hr li main
    nav ol p pre section table tbody thead tfoot tr ul
  `
    .trim()
    .split(/\s+/),
);

/** Elements whose text is never part of an article's plain text. */
export const SILENT_ELEMENTS: ReadonlySet<string> = new Set(
  `
    script style noscript template svg iframe object figcaption button select textarea input head title
    annotation annotation-xml
  `
    .trim()
    .split(/\s+/),
);
