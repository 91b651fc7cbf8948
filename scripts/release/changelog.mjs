import { ReleaseError } from './release-error.mjs';

const PENDING = '## Pending';

/**
 * The changelog with its pending changes released: "Pending" becomes the version with its date, below a new, empty "Pending".
 *
 * @param {string} text
 * @param {string} version
 * @param {string} date as YYYY-MM-DD
 * @returns {string}
 * @throws {ReleaseError} when there is no "Pending", it lists no changes, or the version is already in the changelog
 */
export function releaseChangelog(text, version, date) {
  const lines = text.split('\n');
  const start = lines.indexOf(PENDING);
  if (start < 0) throw new ReleaseError(`CHANGELOG.md has no heading "${PENDING}".`);
  if (lines.some((line) => line === `## ${version}` || line.startsWith(`## ${version} `)))
    throw new ReleaseError(`CHANGELOG.md already has a heading for ${version}.`);
  const next = lines.findIndex((line, i) => i > start && line.startsWith('## '));
  const pending = lines.slice(start + 1, next < 0 ? undefined : next);
  if (!pending.some((line) => /^\s*[-*] \S/.test(line))) throw new ReleaseError('CHANGELOG.md lists no changes under "Pending".');
  return [...lines.slice(0, start), PENDING, '', `## ${version} - ${date}`, ...lines.slice(start + 1)].join('\n');
}
