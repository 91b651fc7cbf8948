import { describe, expect, it } from 'vitest';
import { FIRST, findBodyText, SECOND, THIRD } from './story-page.js';

describe('widenRoot', () => {
  it('joins a body that is split into several boxes', () => {
    const blocks = [FIRST, SECOND, THIRD].map((text) => `<div class="block">${text} ${text}</div>`).join('');
    const links = `<ul>${'<li><a href="/x">other</a></li>'.repeat(40)}</ul>`;
    const text = findBodyText(`<body><div id="entry">${blocks}${links}</div></body>`, { authors: [] });
    for (const paragraph of [FIRST, SECOND, THIRD]) expect(text).toContain(paragraph);
  });

  it('joins parts that each stand in boxes of their own', () => {
    const step = (text: string) => `<div class="mod step"><div class="inner"><div class="text"><p>${text}</p></div></div></div>`;
    const html = `<body><div class="main">${step(`${FIRST} ${SECOND}`)}<div id="related"><a href="/x">Other</a></div>${step(THIRD)}${step(FIRST)}</div></body>`;
    expect(findBodyText(html, { authors: [] })).toBe([`${FIRST} ${SECOND}`, THIRD, FIRST].join('\n\n'));
  });
});
