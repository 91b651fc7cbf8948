import { expect, it } from 'vitest';
import { describeChanges } from '../../../src/cli/describe-changes.js';

it.each([
  ['a value', { field: 'title', before: 'Old', after: 'New' }, ['title: Old → New']],
  ['a value that is new', { field: 'section', before: undefined, after: 'Local' }, ['section: none → Local']],
  ['a list', { field: 'tags', before: [], after: ['a'] }, ['tags: [] → ["a"]']],
  ['a date', { field: 'modified_at', before: undefined, after: new Date(0) }, ['modified_at: none → 1970-01-01T00:00:00.000Z']],
  ['a long value', { field: 'excerpt', before: 'x'.repeat(200), after: 'y' }, [`excerpt: ${'x'.repeat(99)}… → y`]],
  ['markup', { field: 'content_html', before: '<p>x</p>', after: '<p>xy</p>' }, ['content_html: 8 → 9 characters']],
  [
    'the words of a text',
    {
      field: 'content_text',
      before: 'One\n\nThe ferry was late today, again.\n\nShare this',
      after: 'One\n\nThe ferry was late, again.',
    },
    ['content_text: 49 → 31 characters', '  The ferry was late[- today-], again.', '  [-Share this-]'],
  ],
  [
    'a text with many changes',
    { field: 'content_text', before: 'a\n\nb\n\nc\n\nd\n\ne\n\nf', after: '' },
    ['content_text: 16 → 0 characters', ...['a', 'b', 'c', 'd', 'e'].map((text) => `  [-${text}-]`), '  … and 1 more'],
  ],
])('shows %s', (_, change, lines) => expect(describeChanges([change])).toEqual(lines));
