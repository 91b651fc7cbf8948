import type { ArticleRecord } from '../articles/article.js';
import type { Explanation } from '../articles/body/explain.js';
import { escapeAttribute } from '../text/escape.js';

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
h1{font-size:1.4rem}dt{color:#666}dd{margin:0 0 .3rem}p{margin:.3rem 0;padding:.2rem .6rem;border-left:4px solid}
small{color:#666;display:block}.kept{border-color:#2a7}.dropped{border-color:#c33;background:#fdf0f0}.outside{border-color:#ccc;color:#999}`;

/**
 * Writes an HTML page that shows which blocks of an article page were kept or dropped, and why. Its texts are untrusted,
 * so everything is escaped and its Content-Security-Policy lets nothing run or load.
 */
export function writeExplanation(url: string, record: ArticleRecord | undefined, { body, rule, blocks }: Explanation): string {
  const about = {
    Page: url,
    Body: body.join(' > '),
    'Site rule': rule,
    Authors: record?.authors.join(', '),
    Published: record?.publishedAt?.toISOString(),
    Language: record?.language,
    Site: record?.siteName,
    Words: record && String(record.wordCount),
  };
  const facts = Object.entries(about).flatMap(([name, value]) =>
    value ? [`<dt>${escapeAttribute(name)}</dt><dd>${escapeAttribute(value)}</dd>`] : [],
  );
  const lines = blocks.map(({ fate, reason, element, text }) => {
    const why = fate === 'dropped' ? `dropped: ${reason}` : fate === 'outside' ? 'outside the body' : 'kept';
    return `<p class="${fate}" dir="auto"><small>${escapeAttribute(`${element} · ${why}`)}</small>${escapeAttribute(text)}</p>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeAttribute(record?.title ?? url)}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><style>${STYLE}</style></head>
<body><h1>${escapeAttribute(record?.title ?? 'No article')}</h1><dl>${facts.join('')}</dl>
${lines.join('\n')}
</body></html>
`;
}
