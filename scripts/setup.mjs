// Prepares a fresh clone: installs the packages and builds. When both are up to date this takes milliseconds.
// Plain JavaScript without dependencies, because it runs before any are installed.
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const OLDEST_NODE = [20, 19];

const inRoot = (...path) => join(root, ...path);
/** When a file was last modified, in ms since the epoch; 0 if it does not exist. */
const modifiedAt = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** When the newest TypeScript file of a folder was modified. */
function newestSource(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && entry.name.endsWith('.ts'))
      latest = Math.max(latest, modifiedAt(join(entry.parentPath ?? entry.path, entry.name)));
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
    // npm's output goes to stderr, because scripts may read what our own commands print to stdout.
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) fail(`"npm ${args.join(' ')}" failed; its output is above. Run it by hand for more detail.`);
}

const needsInstall = () => modifiedAt(inRoot('node_modules', '.package-lock.json')) < modifiedAt(inRoot('package-lock.json'));

const needsBuild = () =>
  modifiedAt(inRoot('dist', '.tsbuildinfo')) <
  Math.max(...['src', 'db', 'workers'].map((folder) => newestSource(inRoot(folder))), modifiedAt(inRoot('tsconfig.build.json')));

/** Names the process that installs and builds: two at once would delete each other's packages. */
const LOCK = inRoot('.setup-lock');
/** Time between two looks at the lock of another process, in ms. */
const LOCK_MS = 200;

/** Installs the packages and builds, if either is missing or out of date. */
export async function setUp() {
  checkNode();
  // The Docker image has no sources and is already built.
  if (!existsSync(inRoot('tsconfig.build.json')) || !(needsInstall() || needsBuild())) return;
  await takeLock();
  // Meanwhile, another process may have done it.
  if (needsInstall()) {
    console.error('Installing packages…');
    npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  }
  if (needsBuild()) {
    console.error('Building…');
    npm(['run', '--silent', 'build']);
    // If only a file's date has changed, the compiler leaves its build info untouched, and we would build again at every start.
    utimesSync(inRoot('dist', '.tsbuildinfo'), new Date(), new Date());
  }
  giveLock();
}

/** Waits until no other process sets up, and holds the lock until this one has, or ends. */
async function takeLock() {
  for (let waits = false; !tryLock(); waits = true) {
    if (!waits) console.error(`Another process installs or builds. If none does, delete ${LOCK}`);
    await pause(LOCK_MS);
  }
  process.once('exit', giveLock);
}

function giveLock() {
  // Not again at the exit: by then the lock may be another process's.
  process.off('exit', giveLock);
  rmSync(LOCK, { force: true });
}

function tryLock() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (!isHeld()) rmSync(LOCK, { force: true });
  return false;
}

/** Whether the process that took the lock still runs. One that was killed leaves its lock behind. */
function isHeld() {
  try {
    process.kill(Number(readFileSync(LOCK, 'utf8')), 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH' && error.code !== 'ENOENT';
  }
}

const isInstalled = (...names) => names.some((name) => spawnSync(name, ['--version']).status === 0);

/** Whether a Postgres server is installed as Debian does it, with its clients, which the embedded one lacks. */
const hasPostgresTools = () =>
  existsSync('/usr/lib/postgresql') &&
  readdirSync('/usr/lib/postgresql').some((name) => existsSync(`/usr/lib/postgresql/${name}/bin/pg_ctl`));

/**
 * Makes sure that the tests have their servers: a Redis (REDIS_URL, or a server on the PATH), a PgBouncer, and the tools of
 * Postgres (pg_dump, pg_basebackup). As root with apt, it installs what is missing.
 */
function ensureServers() {
  const missing = [
    ...(process.env.REDIS_URL || isInstalled('redis-server', 'valkey-server') ? [] : ['redis-server']),
    ...(isInstalled('pgbouncer') ? [] : ['pgbouncer']),
    ...(hasPostgresTools() ? [] : ['postgresql']),
  ];
  if (missing.length === 0 || process.getuid?.() !== 0 || !isInstalled('apt-get')) return;
  console.error(`Installing ${missing.join(' and ')} for the tests…`);
  const options = { stdio: ['ignore', 'ignore', 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  const install = (...names) => execFileSync('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...names], options);
  try {
    execFileSync('apt-get', ['update', '-q'], options);
    if (missing.includes('postgresql')) {
      // The package would create and start a server. The tests start their own.
      install('postgresql-common');
      appendFileSync('/etc/postgresql-common/createcluster.conf', 'create_main_cluster = false\n');
    }
    install(...missing);
  } catch {
    console.error(`${missing.join(' and ')} could not be installed, so the tests that need them will not run.`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await setUp();
  if (process.argv.includes('--test')) ensureServers();
}
