import { type buildConnector, Client, type Dispatcher } from 'undici';
import { type AddressLimits, type Slot, takeSlot, toNetwork } from './address-limit.js';

/** A request was not sent, because its connection leads to an address that has enough requests. */
export class AddressBusyError extends Error {
  readonly code = 'FEEDMILL_ADDRESS_BUSY';
  constructor(readonly network: string) {
    super(`${network} has enough requests`);
  }
}

/** Options of a client whose connector is a function. */
export type LimitedOptions = Client.Options & { connect: buildConnector.connector };

/** The slot that a request holds, passed on as its `opaque` option. */
export interface Ticket {
  slot?: Slot;
}

/**
 * A client, which has one connection at a time. Each request needs a slot of the address that the connection really leads to: a
 * kept connection does not connect again, several HTTP/2 requests share one, and only the socket knows which of a name's
 * addresses was taken. A request without a slot fails with {@link AddressBusyError} before a byte of it is sent, and the
 * connection stays open.
 */
export class LimitedClient extends Client {
  #network = '';
  readonly #limits: AddressLimits;

  constructor(origin: URL, options: LimitedOptions, limits: AddressLimits) {
    super(origin, {
      ...options,
      connect: (target, callback) =>
        options.connect(target, (...result) => {
          this.#network = toNetwork(result[1]?.remoteAddress ?? '');
          callback(...result);
        }),
    });
    this.#limits = limits;
  }

  override dispatch(options: Dispatcher.DispatchOptions & { opaque?: unknown }, handler: Dispatcher.DispatchHandler): boolean {
    const ticket = (options.opaque ?? {}) as Ticket;
    return super.dispatch(
      options,
      holdSlot(handler, ticket, () => this.#takeSlot(ticket)),
    );
  }

  #takeSlot(ticket: Ticket): void {
    if (ticket.slot?.network === this.#network) return;
    ticket.slot?.release();
    const slot = takeSlot(this.#network, this.#limits);
    if (!slot) throw new AddressBusyError(this.#network);
    ticket.slot = slot;
  }
}

/**
 * Takes the slot when undici is about to write the request to its socket, and gives it back when the response has ended or
 * failed. These are the callbacks that undici's `request` uses. Its DecoratorHandler has others, but fails at a 103 response.
 */
const holdSlot = (handler: Dispatcher.DispatchHandler, ticket: Ticket, take: () => void): Dispatcher.DispatchHandler => ({
  onConnect: (...args) => {
    take();
    handler.onConnect?.(...args);
  },
  onHeaders: (...args) => handler.onHeaders?.(...args) ?? true,
  onData: (...args) => handler.onData?.(...args) ?? true,
  onComplete: (...args) => {
    ticket.slot?.release();
    handler.onComplete?.(...args);
  },
  onError: (...args) => {
    ticket.slot?.release();
    handler.onError?.(...args);
  },
});
