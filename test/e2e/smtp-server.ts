import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A mail as a server gets it. */
export interface ReceivedMail {
  /** What the client gave as recipients of the envelope. */
  recipients: string[];
  headers: Map<string, string>;
  text: string;
}

/** Starts a mail server on loopback that takes mails, or refuses the recipient with 450 (RFC 5321). */
export async function startSmtpServer() {
  const mails: ReceivedMail[] = [];
  const state = { refuse: false, attempts: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    const reply = (line: string) => void socket.write(`${line}\r\n`);
    let [buffer, inData] = ['', false];
    let recipients: string[] = [];
    reply('220 test');
    socket.on('data', (chunk: Buffer) => {
      buffer += chunk.toString();
      for (;;) {
        const end = inData ? '\r\n.\r\n' : '\r\n';
        const at = buffer.indexOf(end);
        if (at < 0) return;
        const piece = buffer.slice(0, at);
        buffer = buffer.slice(at + end.length);
        if (inData) {
          mails.push({ recipients, ...readMail(piece) });
          [recipients, inData] = [[], false];
          reply('250 taken');
        } else if (/^RCPT/i.test(piece)) {
          state.attempts += 1;
          if (!state.refuse) recipients.push(/<([^>]*)>/.exec(piece)?.[1] ?? '');
          reply(state.refuse ? '450 try later' : '250 ok');
        } else if (/^DATA/i.test(piece)) {
          inData = true;
          reply('354 go on');
        } else reply(/^QUIT/i.test(piece) ? '221 bye' : '250 ok');
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mails,
    state,
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Headers by lower-case name, unfolded; the body with soft line breaks removed (RFC 2045 §6.7). */
function readMail(source: string): Pick<ReceivedMail, 'headers' | 'text'> {
  const at = source.indexOf('\r\n\r\n');
  const lines = source
    .slice(0, at)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
  return { headers, text: source.slice(at + 4).replace(/=\r\n/g, '') };
}
