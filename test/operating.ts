import { execFile, spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { chooseOwner } from '../db/embedded.js';

const run = promisify(execFile);

/** A block of commands in a document: ```sh, with the tool that it needs beyond Postgres' clients. */
export interface CommandBlock {
  tool: string;
  line: number;
  commands: string;
}

/** The blocks of commands in a Markdown document, in its order. Blocks inside lists are indented. */
export async function readBlocks(path: string): Promise<CommandBlock[]> {
  const text = await readFile(path, 'utf8');
  return [...text.matchAll(/^( *)```sh(?: (\w+))?\n(.*?)^ *```$/gms)].map(
    ({ 1: indent = '', 2: tool = '', 3: code = '', index }) => ({
      tool,
      line: text.slice(0, index).split('\n').length,
      commands: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  );
}

/** The folder with a Postgres server and all its clients (pg_dump is not among the embedded ones), as Debian installs them. */
export async function findServerTools(): Promise<string | undefined> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  return versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => `/usr/lib/postgresql/${version}/bin`)
    .find(
      (folder) =>
        spawnSync(join(folder, 'pg_verifybackup'), ['--version']).status === 0 &&
        spawnSync(join(folder, 'pg_ctl'), ['--version']).status === 0,
    );
}

/** A shell in which one block after another is run, as an operator would type them: what is exported stays. */
export interface OperatorShell {
  databaseUrl: string;
  run(commands: string, env?: Record<string, string>): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a Postgres server of its own in `folder`, and a shell beside it as the server's operating-system user. */
export async function openOperatorShell(folder: string, tools: string, port: number): Promise<OperatorShell> {
  const owner = await chooseOwner();
  const [data, backups, bin] = ['data', 'backups', 'bin'].map((name) => join(folder, name)) as [string, string, string];
  for (const path of [data, backups, bin]) await mkdir(path, { mode: 0o700 });
  await writeFile(join(bin, 'feedmill'), `#!/bin/sh\nexec ${process.execPath} ${resolve('bin/feedmill.mjs')} "$@"\n`);
  await chmod(join(bin, 'feedmill'), 0o755);
  await writeFile(join(folder, 'password'), 'secret\n');
  await writeFile(join(folder, 'exported.sh'), '');
  if (owner.uid !== undefined && owner.gid !== undefined)
    for (const path of [folder, data, backups, bin, 'password', 'exported.sh'])
      await chown(resolve(folder, path), owner.uid, owner.gid);
  const databaseUrl = `postgres://feedmill:secret@127.0.0.1:${port}/feedmill`;
  const env = {
    PATH: [bin, tools, dirname(process.execPath), process.env.PATH].join(':'),
    HOME: folder,
    LC_ALL: 'C',
    PAGER: 'cat',
    ...{ DATABASE_URL: databaseUrl, PGDATA: data, BACKUPS: backups, REDIS_URL: '' },
    ...{ ALLOW_PRIVATE_HOSTS: '127.0.0.0/8', HOST_GAP_MS: '0', LOG_LEVEL: 'warn' },
  };
  const runBlock = async (commands: string, more: Record<string, string> = {}) => {
    const script = `source ./exported.sh\n${commands}\nexport -p > exported.sh`;
    const [file = '', ...args] = [...owner.prefix, 'bash', '-euo', 'pipefail', '-c', script];
    const { stdout } = await run(file, args, { cwd: folder, env: { ...env, ...more }, maxBuffer: 10_000_000, timeout: 120_000 });
    return stdout;
  };
  await runBlock(`
    initdb --username=feedmill --pwfile=password --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync > /dev/null
    echo "port = ${port}" >> "$PGDATA/postgresql.conf"
    echo "listen_addresses = '127.0.0.1'" >> "$PGDATA/postgresql.conf"
    echo "unix_socket_directories = ''" >> "$PGDATA/postgresql.conf"
    pg_ctl start --wait --log="$BACKUPS/server.log" > /dev/null
    createdb --maintenance-db="\${DATABASE_URL%/*}/postgres" feedmill`);
  return { databaseUrl, run: runBlock, stop: async () => void (await runBlock('pg_ctl stop --mode=immediate')) };
}
