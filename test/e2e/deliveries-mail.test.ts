import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { createDatabase, insertFeed, until } from '../database.js';
import { startSmtpServer } from './smtp-server.js';

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

function feedmill(args: string[], env: Record<string, string>): ChildProcess {
  const quick = { REDIS_URL: '', LOG_FORMAT: 'json', POLL_TICK: '50ms', RETRY_BASE: '20ms', DELIVERY_TIMEOUT: '2s' };
  const child = spawn(process.execPath, ['bin/feedmill.mjs', ...args], {
    env: { ...process.env, ...quick, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

async function run(args: string[], env: Record<string, string>) {
  const child = feedmill(args, env);
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk) => (stdout += chunk));
  child.stderr?.on('data', (chunk) => (stderr += chunk));
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

it('sends one mail about all that failed, retries it, and lets no title add a header', async () => {
  const { url, db } = await createDatabase();
  const smtp = await startSmtpServer();
  const env = { DATABASE_URL: url, SMTP_URL: smtp.url, MAIL_FROM: 'Feedmill <feedmill@sender.example>' };
  try {
    const events = ['--events', 'feed.failing,feed.retired,outage.began'];
    const without = await run(['deliver', 'add', 'mailto:me@receiver.example', ...events], { DATABASE_URL: url });
    expect(without).toMatchObject({ code: 1, stderr: expect.stringContaining('SMTP_URL') });
    expect(await run(['deliver', 'add', 'mailto:me@receiver.example', ...events], env)).toMatchObject({ code: 0 });

    for (let n = 0; n < 30; n += 1) await insertFeed(db, `https://h${n}.example/feed`);
    await db.$client.query(`update feedmill_data.feeds set title = E'T\\r\\nBcc: other@evil.example\\r\\n\\r\\nhacked'`);
    await db.$client.query('update feedmill_data.feeds set failures = 3');
    smtp.state.refuse = true;
    feedmill(['start', 'deliveries'], env);
    await until(async () => smtp.state.attempts >= 1, 'the first attempt');
    await until(async () => smtp.state.attempts >= 2, 'the second attempt');
    expect(await db.$client.query('select last_error from feedmill.deliveries')).toMatchObject({
      rows: [{ last_error: expect.stringMatching(/mail server.*450/) }],
    });
    smtp.state.refuse = false;
    const mail = await until(async () => smtp.mails[0], 'the mail');
    expect(mail.recipients).toEqual(['me@receiver.example']);
    expect(Object.fromEntries(mail.headers)).toMatchObject({
      subject: 'Feedmill: 30 feeds failing',
      to: 'me@receiver.example',
      from: 'Feedmill <feedmill@sender.example>',
      'message-id': expect.stringMatching(/^<msg_[0-9a-f]{32}@sender.example>$/),
    });
    expect([...mail.headers.keys()]).not.toContain('bcc');
    expect(mail.text.match(/https:\/\/h\d+\.example\/feed/g)).toHaveLength(30);
    expect(mail.text).not.toMatch(/^(Bcc|hacked)/m);

    await db.$client.query('update feedmill_data.feeds set due_at = null');
    await until(async () => {
      const { rows } = await db.$client.query('select waiting::int from feedmill.deliveries');
      return rows[0]?.waiting === 30;
    }, 'the next events to wait for the next mail');
    expect(smtp.mails).toHaveLength(1);
  } finally {
    await smtp.close();
  }
});
