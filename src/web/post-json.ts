import { canParseUrl } from '../text/url.js';
import { classifyResponse } from './classify.js';
import { headerLookup } from './headers.js';
import type { PostJson } from './outcome.js';
import { type Sending, sendRequest } from './send-request.js';

/** How much of an answer's body is read before its connection is closed, in bytes. A short body is read, so that the connection stays. */
const MAX_ANSWER = 16_384;

/** Posts JSON to a webhook. The status is the answer: redirects are not followed, and the body is dropped. */
export async function postJson(
  url: string,
  body: string,
  headers: Record<string, string>,
  context: Sending,
): ReturnType<PostJson> {
  // Postgres, which checks the URL of a delivery, has no parser of URLs.
  if (!canParseUrl(url)) return { kind: 'not-allowed', reason: 'scheme' };
  const target = new URL(url);
  if (!/^https?:$/.test(target.protocol)) return { kind: 'not-allowed', reason: 'scheme' };
  const options = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body } as const;
  const response = await sendRequest(target, options, context);
  // It has answered by its status. Whether the rest arrives does not matter.
  await response.body.dump({ limit: MAX_ANSWER, signal: context.deadline }).catch(() => response.body.destroy());
  const { statusCode: status } = response;
  if (status >= 200 && status < 300) return { kind: 'accepted', status };
  return classifyResponse(status, headerLookup(response.headers), target) ?? { kind: 'rejected', status };
}
