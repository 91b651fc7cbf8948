import { type Agent, request } from 'undici';
import { present } from '../text/present.js';
import { canParseUrl } from '../text/url.js';
import { classifyResponse } from './classify.js';
import { basicAuthorization, withoutCredentials } from './credentials.js';
import { headerLookup } from './headers.js';
import type { PostForm } from './outcome.js';
import { discardBody } from './read-body.js';

/** Redirects to follow for a form. A hub that moved says so once; three leave room for http → https → www. */
const MAX_FORM_REDIRECTS = 3;

interface FormRequest {
  agent: Agent;
  deadline: AbortSignal;
  userAgent: string;
}

/** Posts a form, and posts it again where 307 and 308 redirect it to (RFC 9110 §15.4.8). The response body is not read. */
export async function postForm(start: string, form: string, context: FormRequest): ReturnType<PostForm> {
  let url = new URL(start);
  for (let redirects = 0; redirects <= MAX_FORM_REDIRECTS; redirects += 1) {
    if (!/^https?:$/.test(url.protocol)) return { kind: 'not-allowed', reason: 'scheme' };
    const { statusCode: status, headers, body } = await sendForm(url, form, context);
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

const sendForm = (url: URL, form: string, { agent, deadline, userAgent }: FormRequest) =>
  request(withoutCredentials(url), {
    method: 'POST',
    dispatcher: agent,
    signal: deadline,
    headers: {
      'user-agent': userAgent,
      'content-type': 'application/x-www-form-urlencoded',
      ...present({ authorization: basicAuthorization(url) }),
    },
    body: form,
  });
