import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { createDatabase, until } from '../database.js';

const { db, url } = await createDatabase();
const folder = await mkdtemp(join(tmpdir(), 'feedmill-docs-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const text = await readFile('docs/sql.md', 'utf8');
const blocks = (language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, code = '']) => code);

await db.$client.query(`
  insert into feedmill_data.feeds (url, host, title) values ('https://a.example/feed', 'a.example', 'A')`);
const addRecord = async (title: string) =>
  db.$client.query(
    `insert into feedmill_data.articles (url, feed_id, status, due_at, title, published_at, content_html, content_text, excerpt, word_count, content_source, stored_at)
     select 'https://a.example/' || $1::text, id, 'stored', null, $1, now(), '<p>' || $1 || '</p>', $1, $1, 1, 'page', now() from feedmill_data.feeds`,
    [title],
  );
await addRecord('First');

describe('docs/sql.md', () => {
  it.each(blocks('sql'))('query %#: %s', async (query) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query('set role feedmill_reader');
      await client.query(query);
    } finally {
      await client.end();
    }
  });

  it.each(blocks('sql owner'))('query %# of the owner: %s', async (query) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query('begin');
      await client.query(query);
    } finally {
      await client.end();
    }
  });

  it('has consumers of fewer than 40 lines', () => {
    for (const language of ['psql', 'ts', 'python', 'go']) {
      const [code = ''] = blocks(language);
      expect(code.split('\n').length, language).toBeGreaterThan(10);
      expect(code.trimEnd().split('\n').length, language).toBeLessThan(40);
    }
  });
});

/** Whether a command is available. Warns if it is not, since its test is skipped then. */
function available(what: string, command: string, args: string[], env: Record<string, string> = {}): boolean {
  const there = spawnSync(command, args, { cwd: folder, env: { ...process.env, ...env }, timeout: 120_000 }).status === 0;
  if (!there) console.warn(`${what} is not available: its consumer in docs/sql.md DID NOT RUN.`);
  return there;
}

/** Runs a consumer that prints changes until it has seen an insert, an update and a deletion, and restarts it in between. */
async function follow(command: string, args: string[]): Promise<void> {
  let seen = '';
  const run = () => {
    const child = spawn(command, args, { cwd: folder, env: { ...process.env, DATABASE_URL: url }, detached: true });
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
    });
    return {
      stop: () =>
        new Promise<void>((done) => {
          child.once('exit', () => done());
          // Kills the whole process group, since tools such as `go run` start another process.
          process.kill(-(child.pid ?? 0), 'SIGKILL');
        }),
    };
  };
  await rm(join(folder, 'cursor'), { force: true });
  const first = run();
  const title = `Followed ${command}`;
  try {
    await until(async () => seen.includes('First'), `${command} to begin: ${seen}`);
    await addRecord(title);
    await until(async () => seen.includes(`${title}\n`), `${command} to see an insert`);
  } finally {
    await first.stop();
  }
  seen = '';
  await db.$client.query("update feedmill_data.articles set title = title || '!' where title = $1", [title]);
  const second = run();
  try {
    await until(async () => seen.includes(`update`) && seen.includes(`${title}!`), `${command} to see an update`);
    await db.$client.query('delete from feedmill_data.articles where title = $1', [`${title}!`]);
    await until(async () => seen.includes('delete'), `${command} to see a deletion`);
    expect(seen).not.toContain('First');
  } finally {
    await second.stop();
  }
}

/** Go must build without the network, so the module has to be in its cache. */
async function buildGo(): Promise<boolean> {
  await writeFile(join(folder, 'main.go'), blocks('go')[0] ?? '');
  await writeFile(join(folder, 'go.mod'), 'module consumer\n\ngo 1.25.0\n\nrequire github.com/jackc/pgx/v5 v5.12.0\n');
  const env = { GOFLAGS: '-mod=mod', GOPROXY: 'off', GOSUMDB: 'off' };
  return available('Go with pgx', 'go', ['build', '-o', 'consumer', '.'], env);
}
const goBuilt = await buildGo();

describe('the consumers', () => {
  it('in TypeScript', async () => {
    await symlink(resolve('node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'consumer.ts'), blocks('ts')[0] ?? '');
    await writeFile(join(folder, 'package.json'), '{"type": "module"}');
    await follow(process.execPath, ['--import', 'tsx', 'consumer.ts']);
  });

  const python = process.env.PYTHON ?? 'python3';
  it.skipIf(!available('Python with psycopg 3', python, ['-c', 'import psycopg']))('in Python', async () => {
    await writeFile(join(folder, 'consumer.py'), blocks('python')[0] ?? '');
    await follow(python, ['consumer.py']);
  });

  it.skipIf(!goBuilt)('in Go', async () => {
    await follow('./consumer', []);
  });

  it.skipIf(!available('psql', 'psql', ['--version']))('in SQL and psql', async () => {
    await writeFile(join(folder, 'mirror.sql'), (blocks('psql')[0] ?? '').replace('\\watch 5', '\\watch 0.2'));
    const child = spawn('psql', ['-X', '-v', 'ON_ERROR_STOP=1', '-f', 'mirror.sql', url], { cwd: folder, stdio: 'ignore' });
    const mirrored = (title: string, count: number) =>
      until(async () => {
        const { rows } = await db.$client
          .query('select count(*)::int as n from mirror where title = $1', [title])
          .catch(() => ({ rows: [{ n: -1 }] }));
        return rows[0].n === count;
      }, `${count} of ${title} in the mirror`);
    try {
      await mirrored('First', 1);
      await addRecord('Mirrored');
      await mirrored('Mirrored', 1);
      await db.$client.query("update feedmill_data.articles set title = 'Mirrored again' where title = 'Mirrored'");
      await mirrored('Mirrored again', 1);
      await db.$client.query("delete from feedmill_data.articles where title = 'Mirrored again'");
      await mirrored('Mirrored again', 0);
    } finally {
      child.kill();
    }
  });
});
