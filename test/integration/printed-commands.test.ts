import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../src/config.js';
import { openApp } from '../../workers/app.js';
import { explainDatabaseError } from '../../workers/explain-database-error.js';
import { openOutput } from '../../workers/output.js';
import { startWatch } from '../../workers/watch.js';
import { createDatabase } from '../database.js';

const run = promisify(execFile);
const { url } = await createDatabase();

/** The psql command that `feedmill start` prints for this database. */
async function printedCommand(embedded: boolean): Promise<string> {
  const config = loadConfig({ DATABASE_URL: url, LOG_LEVEL: 'silent' });
  const app = await openApp(config, 'test', { schema: 'leave', role: 'all' });
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  const watch = startWatch({ ...app, embedded }, { out: () => undefined, outWithCredentials: print });
  watch.greet(false);
  watch.stop();
  await app.close();
  return /psql .*/.exec(lines.join('\n'))?.[0] ?? '';
}

describe.skipIf(spawnSync('psql', ['--version']).status !== 0)('the printed psql command', () => {
  it.each([true, false])('works when it is pasted (embedded: %s)', async (embedded) => {
    const command = await printedCommand(embedded);
    // PGUSER and the like of whoever pastes it must not matter; neither may psql ask for anything.
    const env = { PATH: process.env.PATH, HOME: '/nonexistent', PAGER: 'cat', ...(embedded ? {} : { DATABASE_URL: url }) };
    const { stdout } = await run('sh', ['-c', command.replace(/^psql/, 'psql --no-password')], { env });
    expect(stdout).toMatch(/published_at.*site_name.*title/);
  });
});

it('prints the password of the embedded Postgres to its owner, and no credentials otherwise', () => {
  const printed: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  const output = openOutput();
  output.outWithCredentials('psql "postgres://ann:secret@127.0.0.1:1/x"');
  output.out('a feed at https://ann:secret@feeds.example/rss');
  write.mockRestore();
  expect(printed).toEqual(['psql "postgres://ann:secret@127.0.0.1:1/x"\n', 'a feed at https://feeds.example/rss\n']);
});

it('does not print the password of a Postgres of your own', async () => {
  expect(await printedCommand(false)).not.toContain(new URL(url).password);
});

it('names server and user in the command that creates a database', () => {
  const error = Object.assign(new Error('no such database'), { code: '3D000' });
  expect(explainDatabaseError(error, 'postgres://ann:secret@db.example:5433/news')).toMatchObject({
    message: expect.stringContaining('createdb --host=db.example --port=5433 --username=ann news\n'),
  });
});
