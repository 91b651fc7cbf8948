// What a fresh clone needs before anything of it can run: its packages, and a build. Plain JavaScript without
// dependencies, since it runs before there are any. Does nothing, in milliseconds, when all is in place.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const at = (...path) => join(root, ...path);
const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);
const OLDEST_NODE = [20, 19];

function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && entry.name.endsWith('.ts'))
      latest = Math.max(latest, modified(join(entry.parentPath ?? entry.path, entry.name)));
  }
  return latest;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    fail(`Feedmill needs Node ${OLDEST_NODE.join('.')} or later; this is ${process.versions.node}.`);
  }
}

function npm(args) {
  const result = spawnSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, {
    cwd: root,
    // What npm says goes to stderr: a command's own output on stdout may be read by a script.
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) fail(`"npm ${args.join(' ')}" failed. What it said is above; run it by hand to see more.`);
}

/** Installs and builds what is missing or out of date. */
export async function setUp() {
  checkNode();
  // An installed image has no sources: it is built already.
  if (!existsSync(at('tsconfig.build.json'))) return;
  if (modified(at('node_modules', '.package-lock.json')) < modified(at('package-lock.json'))) {
    console.error('Installing packages…');
    npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  }
  const sources = Math.max(...['src', 'db', 'workers'].map((folder) => newest(at(folder))), modified(at('tsconfig.build.json')));
  if (modified(at('dist', '.tsbuildinfo')) < sources) {
    console.error('Building…');
    npm(['run', '--silent', 'build']);
    // The compiler leaves its record untouched when nothing but a file's date has changed: without this, we would build at each start.
    utimesSync(at('dist', '.tsbuildinfo'), new Date(), new Date());
  }
}

/** A real Redis for the tests: REDIS_URL, or a server on the PATH, or, as root with apt, an installed one. */
function findRedis() {
  if (process.env.REDIS_URL) return;
  const found = ['redis-server', 'valkey-server'].some((name) => spawnSync(name, ['--version']).status === 0);
  if (found || process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return;
  console.error('Installing redis-server for the tests…');
  const options = { stdio: ['ignore', 'ignore', 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  try {
    execFileSync('apt-get', ['update', '-q'], options);
    execFileSync('apt-get', ['install', '-q', '-y', '--no-install-recommends', 'redis-server'], options);
  } catch {
    console.error('redis-server could not be installed; the tests on Redis will say that they did not run.');
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await setUp();
  if (process.argv.includes('--test')) findRedis();
}
