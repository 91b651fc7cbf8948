import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSiteRule } from '../src/articles/site-rule-file.js';
import { findSiteRule, type SiteRule } from '../src/articles/site-rules.js';
import { UserError } from '../src/user-error.js';

/** Rule files per folder. With more, RULES_DIR surely names the wrong folder. */
const MAX_RULES = 2_000;
/** Interval between checks for changed files, in ms. */
const CHANGE_CHECK_MS = 5_000;

/** The site rules in force. */
export interface RuleBook {
  /** Finds the rule for a page, if there is one. From time to time, checks first whether the files have changed. */
  findRule(url: string): Promise<SiteRule | undefined>;
}

/**
 * Loads our rules and those of the user's folder, which take precedence for the domains that they name. Loads them again when a
 * file is added, changed or removed; if the new rules are invalid, calls `onProblems` and keeps the old ones.
 * @throws {UserError} when the rules are invalid at the start, with all problems by file and line
 */
export async function openRuleBook(
  { folder }: { folder: string | undefined },
  onProblems: (problems: readonly string[]) => void,
): Promise<RuleBook> {
  const folders = [findOwnFolder(), ...(folder === undefined ? [] : [folder])];
  let fingerprint = await fingerprintFiles(folders);
  const first = await loadRules(folders);
  if (first.problems.length > 0)
    throw new UserError(['The site rules are invalid:', ...first.problems.map((problem) => `  ${problem}`)].join('\n'), 2);
  let { rules } = first;
  let checkedAt = performance.now();

  const reloadIfChanged = async () => {
    const current = await fingerprintFiles(folders);
    if (current === fingerprint) return;
    fingerprint = current;
    const loaded = await loadRules(folders);
    if (loaded.problems.length > 0) onProblems(loaded.problems);
    else rules = loaded.rules;
  };
  return {
    async findRule(url) {
      if (performance.now() - checkedAt >= CHANGE_CHECK_MS) {
        checkedAt = performance.now();
        await reloadIfChanged().catch((error: unknown) => onProblems([error instanceof Error ? error.message : String(error)]));
      }
      return findSiteRule(rules, url);
    },
  };
}

/** Our rules are in `rules/` beside the sources. The compiled program is one level deeper. */
function findOwnFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const found = [join(here, '../rules'), join(here, '../../rules')].find((folder) => existsSync(folder));
  if (!found) throw new Error('This installation is incomplete: its folder of site rules (rules) is missing.');
  return found;
}

async function listRuleFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new UserError(`The folder of site rules can't be read: ${folder} (RULES_DIR).`, 2, { cause });
  });
  const rules = names.filter((name) => /\.ya?ml$/.test(name)).sort();
  if (rules.length > MAX_RULES) throw new UserError(`${folder} has more than ${MAX_RULES} site rules.`, 2);
  return rules.map((name) => join(folder, name));
}

/** The names, sizes and times of all files, which differ as soon as one has changed. */
async function fingerprintFiles(folders: readonly string[]): Promise<string> {
  const files = (await Promise.all(folders.map(listRuleFiles))).flat();
  const parts = await Promise.all(
    files.map(async (file) => {
      const { size, mtimeMs } = await stat(file);
      return [file, size, mtimeMs].join(':');
    }),
  );
  return parts.join('\n');
}

type Rules = Map<string, SiteRule>;

/** Loads the rules by domain. Later folders take precedence; within one folder, a domain may have one rule only. */
async function loadRules(folders: readonly string[]): Promise<{ rules: Rules; problems: string[] }> {
  const loaded = await Promise.all(folders.map(loadFolder));
  return {
    rules: new Map(loaded.flatMap(({ rules }) => [...rules])),
    problems: loaded.flatMap(({ problems }) => problems),
  };
}

async function loadFolder(folder: string): Promise<{ rules: Rules; problems: string[] }> {
  const rules: Rules = new Map();
  const problems: string[] = [];
  for (const file of await listRuleFiles(folder)) {
    const parsed = parseSiteRule(file, await readFile(file, 'utf8'));
    if ('problems' in parsed) {
      problems.push(...parsed.problems);
      continue;
    }
    for (const domain of parsed.rule.domains) {
      const other = rules.get(domain);
      if (other) problems.push(`${file}:1: domains: ${domain} already has a rule, in ${basename(other.file)}`);
      rules.set(domain, parsed.rule);
    }
  }
  return { rules, problems };
}
