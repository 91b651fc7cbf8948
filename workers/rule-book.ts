import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSiteRule } from '../src/articles/site-rule-file.js';
import { findSiteRule, type SiteRule } from '../src/articles/site-rules.js';
import { UserError } from '../src/user-error.js';

/** A folder of more rules is not one that people wrote. */
const MAX_RULES = 2_000;
/** How soon a changed file is noticed, in ms. */
const LOOK_MS = 5_000;

/** The site rules in force. */
export interface RuleBook {
  /** The rule for a page, where there is one. Looks now and then whether the files have changed. */
  ruleFor(url: string): Promise<SiteRule | undefined>;
}

/** Ours lie in `rules` beside the sources; the compiled program lies one level deeper. */
function ownFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const found = [join(here, '../rules'), join(here, '../../rules')].find((folder) => existsSync(folder));
  if (!found) throw new Error('The site rules are missing from this installation (rules).');
  return found;
}

/**
 * Reads our rules and those of the user's folder, which go before ours for the domains that they name, and reads them again
 * when a file is added, changed or taken away. A change with faults is told to `onProblems`, and what was in force stays.
 * @throws {UserError} when the rules have faults at the start: all of them, with file and line.
 */
export async function openRuleBook(
  { folder }: { folder: string | undefined },
  onProblems: (problems: readonly string[]) => void,
): Promise<RuleBook> {
  const folders = [ownFolder(), ...(folder === undefined ? [] : [folder])];
  let seen = await signatureOf(folders);
  const first = await readRules(folders);
  if (first.problems.length > 0)
    throw new UserError(['The site rules have faults:', ...first.problems.map((problem) => `  ${problem}`)].join('\n'), 2);
  let { rules } = first;
  let lookedAt = Date.now();
  const look = async () => {
    const now = await signatureOf(folders);
    if (now === seen) return;
    seen = now;
    const again = await readRules(folders);
    if (again.problems.length > 0) onProblems(again.problems);
    else rules = again.rules;
  };
  return {
    async ruleFor(url) {
      if (Date.now() - lookedAt >= LOOK_MS) {
        lookedAt = Date.now();
        await look().catch((error: unknown) => onProblems([error instanceof Error ? error.message : String(error)]));
      }
      return findSiteRule(rules, url);
    },
  };
}

async function filesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new UserError(`The folder of site rules can't be read: ${folder} (RULES_DIR).`, 2, { cause });
  });
  const rules = names.filter((name) => /\.ya?ml$/.test(name)).sort();
  if (rules.length > MAX_RULES) throw new UserError(`${folder} has more than ${MAX_RULES} site rules.`, 2);
  return rules.map((name) => join(folder, name));
}

/** Names, sizes and times of all files: what tells that one has changed. */
async function signatureOf(folders: readonly string[]): Promise<string> {
  const files = (await Promise.all(folders.map(filesOf))).flat();
  const parts = await Promise.all(
    files.map(async (file) => [file, (await stat(file)).size, (await stat(file)).mtimeMs].join(':')),
  );
  return parts.join('\n');
}

/** Rules by domain; those of later folders go before those of earlier ones, and none is named twice in one. */
async function readRules(folders: readonly string[]): Promise<{ rules: Map<string, SiteRule>; problems: string[] }> {
  const rules = new Map<string, SiteRule>();
  const problems: string[] = [];
  for (const folder of folders) {
    const own = new Map<string, SiteRule>();
    for (const file of await filesOf(folder)) {
      const read = parseSiteRule(file, await readFile(file, 'utf8'));
      if ('problems' in read) problems.push(...read.problems);
      else
        for (const domain of read.rule.domains) {
          const other = own.get(domain);
          if (other) problems.push(`${file}:1: domains: ${domain} has a rule already, in ${basename(other.file)}`);
          own.set(domain, read.rule);
        }
    }
    for (const [domain, rule] of own) rules.set(domain, rule);
  }
  return { rules, problems };
}
