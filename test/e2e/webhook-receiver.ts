import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signWebhook } from '../../src/deliveries/sign.js';

/** How a receiver treats a request. `down` closes the port and every connection, after the request was read. */
export type Mode = 'ok' | 'fail' | 'hang' | 'gone' | 'redirect' | 'down';

/** A webhook that was taken. */
export interface Taken {
  id: string;
  type: string;
  timestamp: string;
  data: Record<string, unknown>;
}

/** Starts a receiver of webhooks on loopback that verifies signatures, and behaves as it is told. */
export async function startReceiver() {
  const taken: Taken[] = [];
  const forged: string[] = [];
  const state = { mode: 'ok' as Mode, requests: 0, running: 0, mostRunning: 0, secret: '' };
  let server: Server | undefined;
  let port = 0;

  const answer = async (response: ServerResponse, body: string, headers: Record<string, unknown>): Promise<void> => {
    if (state.mode === 'down') return close();
    if (state.mode === 'hang') return;
    if (state.mode === 'redirect') return void response.writeHead(302, { location: '/elsewhere' }).end();
    if (state.mode !== 'ok') return void response.writeHead(state.mode === 'gone' ? 410 : 500).end('no');
    const id = String(headers['webhook-id']);
    const sentAt = new Date(Number(headers['webhook-timestamp']) * 1000);
    const expected = signWebhook(state.secret, { id, sentAt, body });
    if (headers['webhook-signature'] !== expected['webhook-signature']) forged.push(id);
    taken.push({ id, ...(JSON.parse(body) as Omit<Taken, 'id'>) });
    response.writeHead(204).end();
  };

  const open = () =>
    new Promise<void>((done) => {
      const opened = createServer((request, response) => {
        state.requests += 1;
        state.running += 1;
        state.mostRunning = Math.max(state.running, state.mostRunning);
        response.once('close', () => (state.running -= 1));
        let body = '';
        request.on('data', (chunk) => (body += chunk));
        request.on('end', () => void answer(response, body, request.headers));
      }).listen(port, '127.0.0.1', () => {
        port = (opened.address() as AddressInfo).port;
        done();
      });
      server = opened;
    });
  const close = () =>
    new Promise<void>((done) => {
      server?.close(() => done());
      server?.closeAllConnections();
      server = undefined;
    });

  await open();
  return {
    url: `http://127.0.0.1:${port}/hook`,
    taken,
    forged,
    state,
    /** Changes how it behaves, and opens it again if it was down. */
    async behave(mode: Mode) {
      state.mode = mode;
      if (mode !== 'down' && !server) await open();
    },
    async close() {
      if (server) await close();
    },
  };
}
