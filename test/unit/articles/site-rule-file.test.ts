import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseSiteRule } from '../../../src/articles/site-rule-file.js';

describe('parseSiteRule', () => {
  it.each([
    ['invalid YAML', 'domains: [a.example\ncontent: p', [/^a\.yml:\d: is not valid YAML: /]],
    ['an empty file', '', ['a.yml:1: must have keys such as domains and content']],
    ['a list', '- a', ['a.yml:1: must have keys such as domains and content']],
    ['no domain', 'content: p', [/^a\.yml:1: domains: must be a list/]],
    [
      'a URL in place of a domain',
      'content: p\ndomains:\n  - a.example\n  - https://b.example/',
      [/^a\.yml:4: domains\.1: must be a host name/],
    ],
    [
      'unknown keys',
      'domains: [a.example]\n\ncontents: p\n',
      [/^a\.yml:3: contents: is not a key of a rule; the keys are domains, content, strip/],
    ],
    [
      'bad selectors',
      'domains: [a.example]\ncontent: p\nstrip:\n  - .a\n  - "p:foo"\n  - "p["\n  - p:first\n  - "a), :is(b"',
      [/^a\.yml:5: strip\.1: is not a CSS selector/, /^a\.yml:6: strip\.2: /, /^a\.yml:7: strip\.3: /, /^a\.yml:8: strip\.4: /],
    ],
    ['a number in place of a selector', 'domains: [a.example]\ntitle: 3', [/^a\.yml:2: title: must be a CSS selector/]],
    [
      'a selector that is too long',
      `domains: [a.example]\ntitle: ${'a'.repeat(301)}`,
      [/^a\.yml:2: title\.0: must have at most 300 characters/],
    ],
    ['aliases', 'domains: &a [a.example]\ncontent: *a', ['a.yml:1: must have no anchors and aliases']],
    ['a file that is too long', ' '.repeat(20_001), [/must have at most 20000 characters/]],
  ] as const)('reports %s', (_, source, expected) => {
    const read = parseSiteRule('a.yml', source);
    const problems = 'problems' in read ? read.problems : [];
    expect(problems).toEqual(expected.map((line) => (typeof line === 'string' ? line : expect.stringMatching(line))));
  });

  const folder = new URL('../../../rules/', import.meta.url);
  it.each(readdirSync(folder))('accepts rules/%s', (file) => {
    expect(parseSiteRule(file, readFileSync(new URL(file, folder), 'utf8'))).toMatchObject({ rule: { file } });
  });
});
