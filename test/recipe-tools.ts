import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the tools of docs/recipes.md are kept between runs. They are too large for devDependencies. */
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'feedmill', 'recipes');

const PACKAGES = {
  duckdb: {
    name: '@duckdb/node-api@1.5.6-r.1',
    install: (folder: string, name: string) => ['npm', 'install', '--prefix', folder, name],
  },
  polars: {
    name: 'polars==1.35.2',
    install: (folder: string, name: string) => ['python3', '-m', 'pip', 'install', '--quiet', '--target', folder, name],
  },
};

/** Timeout of an installation, in ms. The packages have up to 70 MB. */
const INSTALL_TIMEOUT_MS = 120_000;

/** Installs a tool from its registry, unless it is there. @returns its folder; undefined, with a warning, if it can't be had */
export function installTool(tool: keyof typeof PACKAGES): string | undefined {
  const { name, install } = PACKAGES[tool];
  const folder = join(CACHE, name.replaceAll(/[^\w.-]+/g, '-'));
  if (existsSync(folder)) return folder;
  mkdirSync(folder, { recursive: true });
  const [command = '', ...args] = install(folder, name);
  if (spawnSync(command, args, { stdio: 'ignore', timeout: INSTALL_TIMEOUT_MS }).status === 0) return folder;
  rmSync(folder, { recursive: true, force: true });
  console.warn(`${name} could not be installed: its recipe in docs/recipes.md DID NOT RUN.`);
  return undefined;
}
