import { type Agent, type Dispatcher, request } from 'undici';
import { present } from '../text/present.js';
import { type AddressLimits, waitForSlot } from './address-limit.js';
import { basicAuthorization, withoutCredentials } from './credentials.js';
import { AddressBusyError, type Ticket } from './limited-client.js';

/** The headers of a response, and its body to be read. */
export type Response = Dispatcher.ResponseData<unknown>;

/** How a request is sent, and until when. */
export interface Sending {
  agent: Agent;
  /** Aborts the request and the transfer of its response. */
  deadline: AbortSignal;
  /** When the request has to be under way, by `performance.now()`. */
  startBy: number;
  perAddress: AddressLimits;
  userAgent: string;
}

/**
 * Sends one request, as soon as its address has a slot for it. The user name and password of the URL become a
 * header, unless `headers` has it.
 * @throws {AddressBusyError} when there was no slot until `startBy`: then nothing was sent
 * @throws the error of the transport when the connection fails
 */
export async function sendRequest(
  url: URL,
  { headers, ...options }: { method: 'GET' | 'POST'; headers: Record<string, string>; body?: string },
  { agent, deadline, startBy, perAddress, userAgent }: Sending,
): Promise<Response> {
  const ticket: Ticket = {};
  const allHeaders = { 'user-agent': userAgent, ...present({ authorization: basicAuthorization(url) }), ...headers };
  for (;;) {
    try {
      return await request(withoutCredentials(url), {
        ...options,
        headers: allHeaders,
        dispatcher: agent,
        signal: deadline,
        opaque: ticket,
      });
    } catch (error) {
      ticket.slot?.release();
      if (!(error instanceof AddressBusyError)) throw error;
      const slot = await waitForSlot(error.network, perAddress, Math.max(0, startBy - performance.now()));
      if (!slot) throw error;
      ticket.slot = slot;
    }
  }
}
