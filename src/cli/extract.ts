import { type Command, Option } from 'commander';
import type { ArticleRecord } from '../articles/article.js';
import { explainPage } from '../articles/body/explain.js';
import { htmlToMarkdown } from '../articles/output/markdown.js';
import { describePageProblem } from '../articles/page-problem.js';
import { readArticle } from '../articles/read.js';
import { present } from '../text/present.js';
import { UserError } from '../user-error.js';
import type { CliContext, ExtractTools } from './app.js';
import { loadArticlePages } from './article-pages.js';
import { openInBrowser } from './browser.js';
import { writeExplanation } from './explanation-page.js';
import { printExplanation } from './explanation-text.js';

interface Options {
  url?: string;
  explain?: boolean;
  open?: boolean;
  json?: boolean;
  markdown?: boolean;
  html?: boolean;
}

/** `feedmill extract`: what Feedmill makes of one article, and why. Stores nothing. */
export const addExtractCommand = (program: Command, context: CliContext) =>
  program
    .command('extract')
    .description('show the text and metadata extracted from an article page, or explain block by block what was kept or dropped')
    .argument('<page>', 'a URL, a file, - for standard input, or the id of a record whose page is still kept')
    .option('--url <url>', 'the URL that a file was fetched from')
    .option('--explain', 'show which blocks were kept or dropped, and why')
    .option('--open', 'with --explain: show the explanation in the browser')
    .addOption(new Option('--json', 'print everything as JSON').conflicts(['markdown', 'html']))
    .addOption(new Option('--markdown', 'print the body as Markdown').conflicts(['html']))
    .addOption(new Option('--html', 'print the body as sanitized HTML'))
    .action((name: string, options: Options) => {
      if (options.open && !options.explain) throw new UserError('--open only works with --explain.', 2);
      return context.withExtractTools((tools) => extract(name, options, tools, context));
    });

async function extract(name: string, options: Options, tools: ExtractTools, context: CliContext): Promise<void> {
  const [page, ...further] = await loadArticlePages(name, options.url, context, tools);
  if (!page) throw new UserError(`There is no record ${name}, or its page is no longer kept (KEEP_PAGES_DAYS).`);
  const rule = await tools.findRule(page.url);
  const now = new Date();
  const reading = readArticle({ url: page.url, page, further, feed: { authors: [] }, now, ...present({ rule }) });
  const explanation = options.explain ? explainPage(page, now, rule) : undefined;
  if (options.json) {
    context.out(JSON.stringify({ url: page.url, ...reading, ...present({ explanation }) }, undefined, 2));
    return;
  }
  const record = reading.kind === 'article' ? reading.record : undefined;
  if (explanation && options.open) await openInBrowser(writeExplanation(page.url, record, explanation), context);
  else if (explanation) await printExplanation(explanation, context);
  else if (record) context.out(formatRecord(record, options));
  if (reading.kind === 'no-content') throw new UserError(`${page.url}: ${describePageProblem(reading.pageProblem)}`);
  if (reading.kind === 'moved') throw new UserError(`${page.url} only redirects to ${reading.to}.`);
}

function formatRecord(record: ArticleRecord, { markdown, html }: Options): string {
  if (html) return record.contentHtml;
  if (markdown) return `# ${record.title}\n\n${htmlToMarkdown(record.contentHtml)}`;
  const about = [record.siteName, record.authors.join(', '), record.publishedAt?.toISOString(), record.language];
  return [record.title, about.filter(Boolean).join(' · '), record.contentText].filter((part) => part !== '').join('\n\n');
}
