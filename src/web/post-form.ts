import { canParseUrl } from '../text/url.js';
import { classifyResponse } from './classify.js';
import { headerLookup } from './headers.js';
import type { PostForm } from './outcome.js';
import { discardBody } from './read-body.js';
import { type Sending, sendRequest } from './send-request.js';

/** Redirects to follow for a form. A hub that moved says so once; three leave room for http → https → www. */
const MAX_FORM_REDIRECTS = 3;

/** Posts a form, and posts it again where 307 and 308 redirect it to (RFC 9110 §15.4.8). The response body is not read. */
export async function postForm(start: string, form: string, context: Sending): ReturnType<PostForm> {
  const options = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: form } as const;
  let url = new URL(start);
  for (let redirects = 0; redirects <= MAX_FORM_REDIRECTS; redirects += 1) {
    if (!/^https?:$/.test(url.protocol)) return { kind: 'not-allowed', reason: 'scheme' };
    const { statusCode: status, headers, body } = await sendRequest(url, options, context);
    discardBody(body);
    if (status >= 200 && status < 300) return { kind: 'accepted', status };
    const header = headerLookup(headers);
    const location = header('location');
    if (location === undefined || (status !== 307 && status !== 308) || !canParseUrl(location, url.href))
      return classifyResponse(status, header, url) ?? { kind: 'rejected', status };
    url = new URL(location, url);
  }
  return { kind: 'bad-content', reason: 'redirect-loop' };
}
