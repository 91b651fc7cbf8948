import { z } from 'zod';
import { parseRedisUrl } from './redis-url.js';
import { parseDuration } from './text/durations.js';
import { trimEndChars } from './text/trim.js';
import { canParseUrl } from './text/url.js';

// The kinds of values that settings have: zod types for the texts of environment variables.

/** A whole number from `min` to `max`. */
export const whole = (fallback: number, min: number, max: number) =>
  z.coerce
    .number({ error: 'must be a whole number' })
    .int('must be a whole number')
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`)
    .default(fallback);

/** A port from 0 (any free one) to 65,535, or `off`. */
export const port = (fallback: number) =>
  z
    .literal('off')
    .or(whole(fallback, 0, 65_535))
    .default(fallback);

/** The longest duration, in ms. Longer ones would overflow Node's timers (2^31 ms), which then fire at once. */
const MAX_DURATION_MS = 24 * 86_400_000;

/** A duration such as `90s`, `5m`, `24h`, `1d` or `500ms`, in ms. */
export const duration = (fallback: string, minMs: number) =>
  z
    .string()
    .default(fallback)
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (Number.isFinite(ms) && ms >= minMs && ms <= MAX_DURATION_MS) return ms;
      context.addIssue({
        code: 'custom',
        message: `must be a duration between ${minMs} ms and 24 days, such as 90s, 5m, 24h or 1d`,
      });
      return z.NEVER;
    });

/** A list of durations in ascending order, such as `1h, 6h`, in ms; `0` is an empty list. */
export const durations = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, context) => {
      if (text.trim() === '0') return [];
      const parts = text.split(/[\s,]+/).filter(Boolean);
      const times = parts.map(parseDuration);
      if (times.length > 0 && times.every((ms, n) => ms > (times[n - 1] ?? 0))) return times;
      context.addIssue({
        code: 'custom',
        message: 'must be 0, or durations that are each longer than the one before, such as 1h, 6h, 1d',
      });
      return z.NEVER;
    });

/** The URL of a server; `example` shows its form in the error message. */
export const connectionUrl = (schemes: readonly string[], example: string) =>
  z.string().superRefine((text, context) => {
    const scheme = canParseUrl(text) ? new URL(text).protocol.slice(0, -1) : undefined;
    // The value may contain a password, so the message must not repeat it.
    if (!scheme || !schemes.includes(scheme)) context.addIssue({ code: 'custom', message: `must look like ${example}` });
  });

/** The address of the queue's Redis. */
export const redisUrl = z.string().transform((text, context) => {
  const location = parseRedisUrl(text);
  if (!('problem' in location)) return location;
  context.addIssue({ code: 'custom', message: location.problem });
  return z.NEVER;
});

/** The URL under which others reach us, without a trailing slash. */
export const publicUrl = z.string().transform((text, context) => {
  const url = canParseUrl(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username) return trimEndChars(url.href, '/');
  context.addIssue({ code: 'custom', message: 'must look like https://feedmill.example.org' });
  return z.NEVER;
});

/** The address of an image proxy, with a placeholder for the image's URL. */
export const imageProxy = z.string().superRefine((text, context) => {
  if (text.includes('{url}') && canParseUrl(text.replaceAll('{url}', 'x')) && /^https?:/.test(text)) return;
  context.addIssue({ code: 'custom', message: 'must look like https://proxy.example/?url={url}' });
});

/** Words separated by commas or white space. */
export const list = z
  .string()
  .default('')
  .transform((text) => text.split(/[\s,]+/).filter(Boolean));
