import { setTimeout as pause } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import type { SendDeps } from '../src/deliveries/send.js';
import { errorCode } from '../src/text/error-code.js';
import { redactCredentials } from '../src/web/credentials.js';

/** A process can send mails if SMTP_URL and MAIL_FROM are set. */
export interface MailSettings {
  smtpUrl: string;
  from: string;
}

const NOT_SET_UP = 'Mails are not set up: SMTP_URL and MAIL_FROM are missing.';

/** Creates a sender of plain text by SMTP, with one connection per mail. A mail that takes longer than `timeoutMs` has failed. */
export function createSendMail(mail: MailSettings | undefined, timeoutMs: number): SendDeps['sendMail'] {
  return async (to, { subject, text }, id) => {
    if (!mail) return { problem: NOT_SET_UP };
    const timeouts = {
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
      socketTimeout: timeoutMs,
    };
    const transport = createTransport({ url: mail.smtpUrl, ...timeouts, disableFileAccess: true, disableUrlAccess: true });
    // The same id at every attempt: mail programs show only one of two copies.
    const messageId = `<${id}@${mail.from.replace(/^.*@|>$/g, '')}>`;
    const sent = transport
      .sendMail({ from: mail.from, to: { name: '', address: to }, subject, text, messageId })
      .then(() => undefined, readMailError);
    // nodemailer's timeouts are about silence; this one is about a server that is slow in every line.
    const late = new AbortController();
    const deadline = pause(timeoutMs, { problem: `The mail server took longer than ${timeoutMs} ms (DELIVERY_TIMEOUT).` }, late);
    return Promise.race([sent, deadline]).finally(() => late.abort());
  };
}

/** What went wrong at the mail server, or on the way to it. @throws the error itself when it is neither: then the fault is ours */
function readMailError(error: unknown): { problem: string } {
  if (!errorCode(error)) throw error;
  const words = redactCredentials(error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ');
  return { problem: `The mail server did not take it: ${words}` };
}
