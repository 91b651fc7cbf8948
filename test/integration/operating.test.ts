import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSampler } from '../../src/sampler/server.js';
import { findServerTools, type OperatorShell, openOperatorShell, readBlocks } from '../operating.js';
import { freePort } from '../servers.js';

const run = promisify(execFile);
const blocks = await readBlocks('docs/operating.md');
const tools = await findServerTools();
const isRun = ({ tool }: { tool: string }) => tool === '' || tool === 'postgres';
/** Building the image takes minutes, so compose is only tried when asked for. */
const withDocker = process.env.OPERATING_DOCKER === '1';

function warn(what: string) {
  console.warn(`\n${'!'.repeat(80)}\n${what}\n${'!'.repeat(80)}\n`);
}
if (!tools) warn('There is no Postgres server with its clients in /usr/lib/postgresql: NO COMMAND of docs/operating.md was run.');
for (const tool of ['docker', 'systemd', 'helm'].filter((name) => name !== 'docker' || !withDocker)) {
  const lines = blocks.filter((block) => block.tool === tool).map(({ line }) => line);
  const hint = tool === 'docker' ? ' Run them with OPERATING_DOCKER=1.' : '';
  warn(`The commands of docs/operating.md, lines ${lines.join(', ')}, need ${tool}: they DID NOT RUN.${hint}`);
}

it('explains every alert of docs/monitoring.md', async () => {
  const alerts = (await readFile('docs/monitoring.md', 'utf8')).matchAll(/^\| `(Feedmill\w+)`/gm);
  const headings: readonly string[] = (await readFile('docs/operating.md', 'utf8')).match(/^### .*/gm) ?? [];
  expect([...alerts].map(([, name]) => name).filter((name) => !headings.includes(`### ${name}`))).toEqual([]);
});

describe.skipIf(!tools)('docs/operating.md', () => {
  let shell: OperatorShell;
  let sampler: Awaited<ReturnType<typeof startSampler>>;
  let folder: string;
  let given: Record<string, string>;

  /** An installation with the records of one feed. */
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'feedmill-operating-'));
    shell = await openOperatorShell(folder, tools ?? '', await freePort());
    const epoch = new Date(Date.now() - 3_600_000);
    sampler = await startSampler({ port: 0, epoch, storyEveryMs: 60_000, now: () => new Date(epoch.getTime() + 3_000_000) });
    const [feed, other] = sampler.feeds.map(({ url }) => url);
    given = { FEED_URL: feed ?? '', NEW_FEED_URL: other ?? '' };
    // The shell's user may not build here.
    await run(process.execPath, ['bin/feedmill.mjs', '--version']);
    await shell.run('feedmill migrate\nfeedmill add "$FEED_URL"\nfeedmill poll', given);
    const [record] = await query<{ id: string; url: string }>('select id, url from feedmill.records order by id limit 1');
    given = { ...given, RECORD_ID: String(record?.id), PAGE_URL: String(record?.url) };
  });
  afterAll(async () => {
    await sampler?.close();
    await shell?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  async function query<Row>(text: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: shell.databaseUrl.replace('secret', rotated ? 'PASSWORD' : 'secret') });
    await client.connect();
    try {
      return (await client.query(text)).rows as Row[];
    } finally {
      await client.end();
    }
  }
  let rotated = false;
  const countRecords = async () => Number((await query<{ n: string }>('select count(*) as n from feedmill.records'))[0]?.n);

  it.each(blocks.filter(isRun))('line $line: $commands', async ({ commands }) => {
    const records = await countRecords();
    await shell.run(commands, given);
    rotated ||= commands.includes("password 'PASSWORD'");
    // The one block that destroys something is undone by the next one, which recovers to the time before it.
    if (commands.includes('delete from')) expect(await countRecords()).toBe(0);
    else expect(await countRecords()).toBeGreaterThanOrEqual(Math.max(records, 1));
  });
});

describe.skipIf(!withDocker)('docs/operating.md, with compose', () => {
  let folder: string;
  const env = { ...process.env, COMPOSE_PROJECT_NAME: 'feedmill-operating' };
  const sh = (commands: string) => run('bash', ['-euo', 'pipefail', '-c', commands], { cwd: folder, env, maxBuffer: 10_000_000 });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'feedmill-compose-'));
    await run('bash', ['-c', `git ls-files -z | xargs -0 cp --parents -t ${folder}`]);
    // Ports that do not meet those of an installation on this machine.
    await appendFile(join(folder, '.env.example'), `POSTGRES_PORT=${await freePort()}\nHTTP_PORT=18790-18799\n`);
  });
  afterAll(async () => {
    await sh('docker compose down --volumes');
    await rm(folder, { recursive: true, force: true });
  });

  it.each(blocks.filter(({ tool }) => tool === 'docker'))(
    'line $line: $commands',
    async ({ commands }) => {
      await sh(commands);
    },
    600_000,
  );
});
