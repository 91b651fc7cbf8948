import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { send } from '../../src/deliveries/send.js';
import { createPostJson } from '../../src/web/fetch-url.js';
import { until } from '../database.js';
import { freePort } from '../servers.js';

const text = await readFile('docs/deliveries.md', 'utf8');
const block = (language: string): string => new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'ms').exec(text)?.[1] ?? '';
const folder = await mkdtemp(join(tmpdir(), 'feedmill-receivers-'));
const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const other = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
const client = createPostJson({
  userAgent: 'T',
  timeoutMs: 10_000,
  allowPrivateHosts: ['127.0.0.1'],
  perAddress: { concurrency: 5, gapMs: 0 },
});
afterAll(async () => {
  await client.close();
  await rm(folder, { recursive: true, force: true });
});

const canConnect = (port: number) =>
  new Promise<boolean>((done) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      done(true);
    }).once('error', () => done(false));
  });

/** Runs a receiver of the documentation, and sends it a message that it must believe, and two that it must not. */
async function tryReceiver(command: string, args: string[]): Promise<void> {
  const port = await freePort();
  const child = spawn(command, args, { env: { ...process.env, PORT: String(port), WEBHOOK_SECRET: secret } });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  try {
    await until(() => canConnect(port), `${command} to listen: ${printed}`, 30_000);
    const deliver = (signedWith: string, sentAt: Date) =>
      send(
        { kind: 'webhook', url: `http://127.0.0.1:${port}/`, secret: signedWith },
        [{ uid: 'a-b', type: 'record.stored', occurredAt: new Date(), data: { id: 7, title: 'Überschrift 😀' } }],
        sentAt,
        { ...client, sendMail: () => Promise.reject(new Error('no mail')) },
      );
    expect(await deliver(secret, new Date()), printed).toEqual({ kind: 'taken', status: 204 });
    expect(await deliver(other, new Date())).toMatchObject({ words: expect.stringContaining('401') });
    expect(await deliver(secret, new Date(Date.now() - 600_000))).toMatchObject({ words: expect.stringContaining('401') });
    await until(async () => printed.includes('record.stored 7 Überschrift 😀'), `the event in: ${printed}`, 10_000);
  } finally {
    child.kill('SIGKILL');
  }
}

describe('the receivers in docs/deliveries.md', () => {
  it('in TypeScript', async () => {
    const file = join(folder, 'receiver.ts');
    await writeFile(file, block('ts'));
    await writeFile(join(folder, 'package.json'), '{"type": "module"}');
    await tryReceiver(process.execPath, ['--import', import.meta.resolve('tsx'), file]);
  });

  const python = process.env.PYTHON ?? 'python3';
  const hasPython = spawnSync(python, ['-c', 'import hmac']).status === 0;
  if (!hasPython) console.warn('Python is not available: its receiver in docs/deliveries.md DID NOT RUN.');
  it.skipIf(!hasPython)('in Python', async () => {
    const file = join(folder, 'receiver.py');
    await writeFile(file, block('python'));
    await tryReceiver(python, [file]);
  });
});
