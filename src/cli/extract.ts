import { spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Command, Option } from 'commander';
import type { ArticleRecord, Page, PageProblem } from '../articles/article.js';
import { type Explanation, explainPage } from '../articles/body/explain.js';
import { htmlToMarkdown } from '../articles/output/markdown.js';
import { readArticle } from '../articles/read.js';
import { MAX_PAGES } from '../articles/schedule.js';
import { UserError } from '../user-error.js';
import { describeOutcome } from '../web/describe-outcome.js';
import { type FetchOutcome, MAX_REDIRECTS } from '../web/outcome.js';
import type { CliContext, ExtractTools } from './app.js';
import { writeExplanation } from './explanation-page.js';
import { readInput } from './input.js';

interface Options {
  url?: string;
  explain: boolean;
  open: boolean;
  json: boolean;
  markdown: boolean;
  html: boolean;
}

const PROBLEMS: Record<PageProblem, string> = {
  'not-html': 'It is not HTML.',
  'no-text': 'No article text was found on it.',
  wall: 'It shows a login, consent or payment form instead of an article.',
  'too-deep': 'Its elements nest too deeply to be read.',
};
/** A file from nowhere: what its relative addresses are relative to. */
const NOWHERE = 'https://file.invalid/';
/** Characters of a block that are shown in the terminal. */
const MAX_SHOWN = 160;
/** Colours of a terminal (ECMA-48 SGR): green, red, grey. */
const COLOURS = { kept: 32, dropped: 31, outside: 90 } as const;

/** `feedmill extract`: what we make of one page, and why. Stores nothing. */
export const extract = (program: Command, context: CliContext) =>
  program
    .command('extract')
    .description('what is made of a page: its text and metadata, or block by block what was kept, what dropped, and why')
    .argument('<page>', 'its address, a file, - for the standard input, or the id of a record whose page is still kept')
    .option('--url <address>', 'where a file is from')
    .option('--explain', 'what was kept, what was dropped and why', false)
    .option('--open', 'with --explain: as a page in the browser', false)
    .addOption(new Option('--json', 'all that is known').default(false).conflicts(['markdown', 'html']))
    .addOption(new Option('--markdown', 'the body as Markdown').default(false).conflicts(['html']))
    .addOption(new Option('--html', 'the body as sanitized HTML').default(false))
    .action(async (name: string, options: Options) => {
      if (options.open && !options.explain) throw new UserError('--open goes with --explain.', 2);
      await context.withExtractTools(async (tools) => {
        const [page, ...further] = await pagesOf(name, options, context, tools);
        if (!page) throw new UserError(`There is no record ${name}, or its page is not kept any more (KEEP_PAGES_DAYS).`);
        const rule = await tools.ruleFor(page.url);
        const now = new Date();
        const reading = readArticle({ url: page.url, page, further, feed: { authors: [] }, now, ...(rule ? { rule } : {}) });
        const explanation = options.explain ? explainPage(page, now, rule) : undefined;
        if (options.json) {
          context.out(JSON.stringify({ url: page.url, ...reading, ...(explanation ? { explanation } : {}) }, undefined, 2));
          return;
        }
        const record = reading.kind === 'article' ? reading.record : undefined;
        if (explanation && options.open) await show(writeExplanation(page.url, record, explanation), context);
        else if (explanation) await print(explanation, context);
        else if (record) context.out(written(record, options));
        if (reading.kind === 'no-content') throw new UserError(`${page.url}: ${PROBLEMS[reading.pageProblem]}`);
        if (reading.kind === 'moved') throw new UserError(`${page.url} only leads on to ${reading.to}.`);
      });
    });

function written(record: ArticleRecord, { markdown, html }: Options): string {
  if (html) return record.contentHtml;
  if (markdown) return `# ${record.title}\n\n${htmlToMarkdown(record.contentHtml)}`;
  const about = [record.siteName, record.authors.join(', '), record.publishedAt?.toISOString(), record.language];
  return [record.title, about.filter(Boolean).join(' · '), record.contentText].filter((part) => part !== '').join('\n\n');
}

/** The page by its address or file, or all pages that a record was read from. @throws {UserError} when they can't be had. */
async function pagesOf(name: string, { url }: Options, context: CliContext, tools: ExtractTools): Promise<Page[]> {
  if (/^https?:\/\//i.test(name)) return pagesAt(name, context, tools);
  if (/^\d{1,15}$/.test(name)) return context.withApp((app) => app.loadPages(Number(name)));
  if (url !== undefined && !URL.canParse(url)) throw new UserError('--url: must look like https://news.example/story', 2);
  const body = await readInput(name);
  if (!body)
    throw new UserError(`${name} can't be read: it is neither an address (https://…), nor the id of a record, nor a file.`);
  return [{ url: url ?? NOWHERE, contentType: 'text/html', body }];
}

/** The pages of the article at an address, as many as the worker would fetch; those that can't be had are left, and it is said. */
async function pagesAt(address: string, context: CliContext, tools: ExtractTools): Promise<Page[]> {
  const pages = [await fetched(address, tools)];
  for (let page = pages[0]; page && pages.length < MAX_PAGES; page = pages.at(-1)) {
    const rule = await tools.ruleFor(page.url);
    const about = { url: page.url, page, number: pages.length, feed: { authors: [] }, now: new Date() };
    const reading = readArticle({ ...about, ...(rule ? { rule } : {}) });
    if (reading.kind !== 'article' || !reading.nextPage) break;
    context.err(`Page ${pages.length + 1}: ${reading.nextPage}`);
    await tools.pause();
    try {
      pages.push(await fetched(reading.nextPage, tools));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      context.err(error.message);
      break;
    }
  }
  return pages;
}

async function fetched(address: string, { fetchUrl }: ExtractTools): Promise<Page> {
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

/** A line a block; what is outside of the body is counted. */
async function print({ body, rule, blocks }: Explanation, context: CliContext): Promise<void> {
  const say = (fate: keyof typeof COLOURS, line: string) => {
    const clean = line.replace(/[\p{Cc}\p{Bidi_Control}]/gu, ' ');
    return context.write(context.inColour ? `\u001b[${COLOURS[fate]}m${clean}\u001b[0m\n` : `${clean}\n`);
  };
  context.out(body.length > 0 ? `The body: ${body.join(' > ')}` : 'There is no body.');
  if (rule) context.out(`By the site's rule: ${rule}`);
  let outside = 0;
  const tell = async () => {
    if (outside > 0) await say('outside', `  · ${outside} ${outside === 1 ? 'block' : 'blocks'} outside of the body`);
    outside = 0;
  };
  for (const { fate, reason, element, text } of blocks) {
    if (fate === 'outside') {
      outside += 1;
      continue;
    }
    await tell();
    const shown = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
    await say(fate, fate === 'kept' ? `  + ${element}: ${shown}` : `  - ${element} (${reason}): ${shown}`);
  }
  await tell();
}

/** Writes a page into the folder for such things, and has the browser show it. */
async function show(html: string, context: CliContext): Promise<void> {
  const file = join(await mkdtemp(join(tmpdir(), 'feedmill-')), 'explanation.html');
  await writeFile(file, html);
  context.out(file);
  const opener = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  const child = spawn(opener, [pathToFileURL(file).href], { stdio: 'ignore', detached: true });
  // No browser here: the file is named.
  child.on('error', () => undefined);
  child.unref();
}
