import { ReleaseError } from './release-error.mjs';

const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;

/**
 * The version to release.
 *
 * @param {string} current the version in package.json
 * @param {string} request "major", "minor", "patch", or a version later than `current`
 * @returns {string}
 * @throws {ReleaseError} when the request is none of these
 */
export function nextVersion(current, request) {
  const [major = 0, minor = 0, patch = 0] = parseVersion(current);
  if (request === 'major') return `${major + 1}.0.0`;
  if (request === 'minor') return `${major}.${minor + 1}.0`;
  if (request === 'patch') return `${major}.${minor}.${patch + 1}`;
  const wanted = parseVersion(request);
  const difference = wanted.map((number, i) => number - [major, minor, patch][i]).find((delta) => delta !== 0) ?? 0;
  if (difference > 0) return request;
  throw new ReleaseError(`${request} is not later than the current version, ${current}.`, 2);
}

function parseVersion(text) {
  const [matched, ...numbers] = VERSION.exec(text) ?? [];
  if (matched === undefined) throw new ReleaseError(`"${text}" is not a version. Expected major, minor, patch, or X.Y.Z.`, 2);
  return numbers.map(Number);
}

/**
 * The text of a package.json or package-lock.json with another version of the package itself.
 *
 * @param {string} json
 * @param {string} version
 * @returns {string} formatted as npm does: indented by two spaces, with a final newline
 */
export function setVersion(json, version) {
  const manifest = JSON.parse(json);
  manifest.version = version;
  // A lockfile names the package itself a second time, under the empty path.
  const own = manifest.packages?.[''];
  if (own) own.version = version;
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/**
 * The text of the Helm chart's Chart.yaml with another version of the chart and of the program.
 *
 * @param {string} yaml
 * @param {string} version
 * @throws {ReleaseError} when it does not name both
 */
export function setChartVersion(yaml, version) {
  const changed = yaml.replaceAll(/^(version|appVersion): .*$/gm, `$1: ${version}`);
  if (changed.match(/^(version|appVersion): /gm)?.length !== 2)
    throw new ReleaseError('Chart.yaml does not have one version and one appVersion.');
  return changed;
}
