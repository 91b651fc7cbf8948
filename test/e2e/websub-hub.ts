import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';

/** Serves HTTP on a free port of this machine. */
export async function serve(listener: RequestListener): Promise<{ origin: string; close(): void }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return { origin: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}

type Form = Record<string, string>;

/** A hub as the specification has it: it accepts a subscription, verifies it at the callback, and pushes with a signature. */
export async function startHub(leaseSeconds: number) {
  const asked: Form[] = [];
  const verified: string[] = [];
  const server = await serve(async (request, response) => {
    const form = await readForm(request);
    asked.push(form);
    if (request.url === '/moved') return void response.writeHead(308, { location: '/hub' }).end();
    // Verify before answering the request, which is the strictest order for a subscriber.
    verified.push(await verify(form, `c${asked.length}`, leaseSeconds));
    response.writeHead(202).end();
  });
  /** Pushes a document to the callback of the last subscription. @returns the status of the answer */
  const push = async (body: string, { secret = asked.at(-1)?.['hub.secret'] ?? '', method = 'sha256' } = {}) => {
    const signature = secret && `${method}=${createHmac(method, secret).update(body).digest('hex')}`;
    const answer = await fetch(asked.at(-1)?.['hub.callback'] ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/rss+xml', ...(signature ? { 'x-hub-signature': signature } : {}) },
      body,
    });
    return answer.status;
  };
  return { ...server, asked, verified, push };
}

async function readForm(request: IncomingMessage): Promise<Form> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return Object.fromEntries(new URLSearchParams(text));
}

/** Verifies the intent of a subscriber (WebSub §5.3). @returns the status and the body of the answer */
async function verify(form: Form, challenge: string, leaseSeconds: number): Promise<string> {
  const url = new URL(form['hub.callback'] ?? '');
  const query = { topic: form['hub.topic'] ?? '', mode: 'subscribe', challenge, lease_seconds: `${leaseSeconds}` };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(`hub.${name}`, value);
  const answer = await fetch(url);
  return `${answer.status} ${await answer.text()}`;
}
