import type { Page } from '../articles/article.js';
import { readArticle } from '../articles/read.js';
import { MAX_PAGES } from '../articles/retry-and-revisit.js';
import { present } from '../text/present.js';
import { canParseUrl } from '../text/url.js';
import { UserError } from '../user-error.js';
import { describeOutcome } from '../web/describe-outcome.js';
import { type FetchOutcome, MAX_REDIRECTS } from '../web/outcome.js';
import type { CliContext, ExtractTools } from './app.js';
import { readInput } from './input.js';

/** The URL of a file whose origin is unknown: its relative links need some base. */
const UNKNOWN_URL = 'https://file.invalid/';

/**
 * Loads the pages of the article that the user named: fetched from a URL, read from a file (as if from `fileUrl`), or kept
 * in the database for a record id. Empty when there is no such record or its pages are no longer kept.
 * @throws {UserError} when the pages can't be fetched or read
 */
export async function loadArticlePages(
  name: string,
  fileUrl: string | undefined,
  context: CliContext,
  tools: ExtractTools,
): Promise<Page[]> {
  if (/^https?:\/\//i.test(name)) return fetchArticlePages(name, context, tools);
  if (/^\d{1,15}$/.test(name)) return context.withApp((app) => app.loadPages(Number(name)));
  if (fileUrl !== undefined && !canParseUrl(fileUrl)) throw new UserError('--url must look like https://news.example/story', 2);
  const body = await readInput(name);
  if (!body) throw new UserError(`${name} is neither a URL (https://…), nor the id of a record, nor a file.`, 2);
  return [{ url: fileUrl ?? UNKNOWN_URL, contentType: 'text/html', body }];
}

/** Fetches an article and its further pages, as many as a worker would. Reports a further page that fails, and stops there. */
async function fetchArticlePages(address: string, context: CliContext, tools: ExtractTools): Promise<Page[]> {
  const pages = [await fetchPage(address, tools)];
  for (let page = pages[0]; page && pages.length < MAX_PAGES; page = pages.at(-1)) {
    const rule = await tools.findRule(page.url);
    const about = { url: page.url, page, number: pages.length, feed: { authors: [] }, now: new Date() };
    const reading = readArticle({ ...about, ...present({ rule }) });
    if (reading.kind !== 'article' || !reading.nextPage) break;
    context.err(`Page ${pages.length + 1}: ${reading.nextPage}`);
    await tools.pause();
    try {
      pages.push(await fetchPage(reading.nextPage, tools));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      context.err(error.message);
      break;
    }
  }
  return pages;
}

/** Fetches one page, and follows HTTP redirects and meta refreshes. @throws {UserError} when there is no page at the end */
async function fetchPage(address: string, { fetchUrl }: ExtractTools): Promise<Page> {
  let url = address;
  for (let hops = 0; hops < MAX_REDIRECTS; hops += 1) {
    const outcome: FetchOutcome = await fetchUrl(url);
    if (outcome.kind === 'unchanged' || outcome.kind === 'moved') break;
    if (outcome.kind !== 'fetched') throw new UserError(`${url}: ${describeOutcome(outcome)}`);
    const { contentType, body } = outcome;
    const reading = readArticle({ url: outcome.url, page: outcome, feed: { authors: [] }, now: new Date() });
    if (reading.kind !== 'moved') return { url: outcome.url, contentType, body };
    url = reading.to;
  }
  throw new UserError(`${address}: ${describeOutcome({ kind: 'bad-content', reason: 'redirect-loop' })}`);
}
