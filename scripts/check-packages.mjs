#!/usr/bin/env node
// `npm run packages`: lists the packages that run scripts when they are installed or whose licence is not permissive.
//
// Reads package-lock.json, and for what the lock file leaves out the package.json of each installed package. Fails if a
// package is not explained in scripts/packages/explained.mjs, or if an explanation is no longer needed.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EXPLAINED_LICENCES, EXPLAINED_SCRIPTS, LICENCES } from './packages/explained.mjs';

const HELP = `Usage: npm run packages -- [options]

Lists packages with install scripts or with licences outside the allow-list.

  --json         print them as JSON Lines
  --root <path>  the folder of package-lock.json and node_modules (default: this project)
  --help         print this help

Exit codes: 0 if all are explained in scripts/packages/explained.mjs, 1 if one is not, or is explained for nothing.`;

const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall'];

/** Packages of the lock file. @returns {{ name: string, version: string, dev: boolean, licence: string, scripts: string[] }[]} */
function readPackages(root) {
  const { packages } = JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8'));
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, locked]) => {
      const file = `${root}/${path}/package.json`;
      const installed = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
      const scripts = INSTALL_SCRIPTS.flatMap((name) =>
        installed.scripts?.[name] ? [`${name}: ${installed.scripts[name]}`] : [],
      );
      return {
        name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
        version: locked.version ?? installed.version ?? '',
        dev: locked.dev === true || locked.devOptional === true,
        licence: readLicence(locked.license ?? installed.license ?? installed.licenses),
        // A package for another machine is not installed; then only the lock file tells.
        scripts: scripts.length === 0 && locked.hasInstallScript ? ['(not installed here)'] : scripts,
      };
    });
}

/** Old packages have an object, or a list of them. */
function readLicence(licence) {
  if (Array.isArray(licence)) return licence.map(readLicence).join(' AND ');
  return typeof licence === 'object' ? String(licence?.type ?? 'none') : (licence ?? 'none');
}

/** Whether an SPDX expression allows what we do: one side of each OR, and all of each AND. */
function isPermissive(expression) {
  const sides = expression.replace(/[()]/g, '').split(/ OR /i);
  return sides.some((side) => side.split(/ AND /i).every((licence) => LICENCES.includes(licence.trim())));
}

/** The key of the explanation for a name; undefined if there is none. */
const findExplanation = (explained, name) =>
  Object.keys(explained).find((key) => (key.endsWith('*') ? name.startsWith(key.slice(0, -1)) : name === key));

function findAll(packages) {
  const questions = packages.flatMap(({ name, version, dev, licence, scripts }) => [
    ...scripts.map((script) => ({ name, version, dev, kind: 'install script', detail: script, list: EXPLAINED_SCRIPTS })),
    ...(isPermissive(licence) ? [] : [{ name, version, dev, kind: 'licence', detail: licence, list: EXPLAINED_LICENCES }]),
  ]);
  const used = questions.map(({ name, list }) => findExplanation(list, name));
  return {
    found: questions.map(({ list, ...question }, i) => ({ ...question, explanation: used[i] && list[used[i]] })),
    needless: [...Object.keys(EXPLAINED_SCRIPTS), ...Object.keys(EXPLAINED_LICENCES)].filter((key) => !used.includes(key)),
  };
}

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, root: { type: 'string' }, help: { type: 'boolean' } },
});
if (values.help) console.log(HELP);
else {
  const packages = readPackages(values.root ?? fileURLToPath(new URL('..', import.meta.url)));
  const { found, needless } = findAll(packages);
  for (const one of found) {
    const { name, version, dev, kind, detail, explanation } = one;
    const use = dev ? 'development' : 'production';
    console.log(
      values.json ? JSON.stringify(one) : `${name} ${version} (${use}), ${kind}: ${detail}\n  ${explanation ?? 'NOT EXPLAINED'}`,
    );
  }
  for (const key of needless) console.error(`${key} no longer needs an explanation in scripts/packages/explained.mjs.`);
  const unexplained = found.filter(({ explanation }) => explanation === undefined).length;
  if (!values.json) console.log(`${packages.length} packages, ${found.length} with a question, ${unexplained} not explained`);
  if (unexplained + needless.length > 0) process.exitCode = 1;
}
