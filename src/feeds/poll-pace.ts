import { formatDuration } from './format-duration.js';
import type { PollFacts } from './poll-facts.js';

/** How many of the newest entries are used to estimate how often a feed has news. */
const SAMPLE = 20;
/** A feed that has been quiet for a long time waits this share of that time, since it will probably stay quiet. */
const QUIET_SHARE = 1 / 10;
/** Polls in the time in which all entries of a document are replaced, so that none disappears unseen. */
const POLLS_PER_WINDOW = 3;

/** How long the feed's own habits suggest to wait, in ms, before any limit. The reason is added to `reasons`. */
export function choosePace(facts: PollFacts, reasons: string[]): number {
  const now = facts.now.getTime();
  const times = facts.publishedAts
    .map((date) => date.getTime())
    .filter((time) => time <= now)
    .sort((a, b) => b - a);
  const gap = findMedianGap(times.slice(0, SAMPLE));
  return gap === undefined ? paceByPolls(facts, reasons) : paceByDates(times, gap, facts, reasons);
}

/** The median time between neighbours in a list of times, newest first. */
function findMedianGap(times: readonly number[]): number | undefined {
  const gaps = times.slice(1).map((time, i) => (times[i] ?? time) - time);
  gaps.sort((a, b) => a - b);
  return gaps[Math.floor(gaps.length / 2)];
}

/** Half the median gap, longer for a feed that has fallen silent, shorter for one whose document soon forgets its entries. */
function paceByDates(times: readonly number[], gap: number, { now, minMs, maxMs }: PollFacts, reasons: string[]): number {
  let wait = gap / 2;
  reasons.push(
    `its entries appear about ${formatDuration(gap)} apart, so it is polled after half of that, ${formatDuration(wait)}`,
  );
  const newest = times[0] ?? now.getTime();
  const quiet = now.getTime() - newest;
  if (quiet * QUIET_SHARE > wait) {
    wait = quiet * QUIET_SHARE;
    reasons.push(`its newest entry is ${formatDuration(quiet)} old, so it can wait for a tenth of that`);
  }
  const window = newest - (times.at(-1) ?? newest);
  const isActive = quiet <= 2 * window;
  if (isActive && times.length >= SAMPLE / 2 && window / POLLS_PER_WINDOW < Math.min(wait, maxMs)) {
    wait = Math.max(minMs, window / POLLS_PER_WINDOW);
    reasons.push(
      `its document covers only ${formatDuration(window)}, so it is polled ${POLLS_PER_WINDOW} times in that time to miss no entry`,
    );
  }
  return wait;
}

/** Without dates: half the average time between polls that found something new. */
function paceByPolls({ now, outcome, recentPolls = [], minMs, maxMs }: PollFacts, reasons: string[]): number {
  const polls = [...recentPolls, { at: now, news: outcome === 'news' }];
  const withNews = polls.filter(({ news }) => news).length;
  const span = now.getTime() - Math.min(...polls.map(({ at }) => at.getTime()));
  if (span === 0) {
    reasons.push('its entries have no dates, and this is the first poll');
    return minMs;
  }
  if (withNews === 0) {
    reasons.push(`its entries have no dates, and no poll of the last ${formatDuration(span)} found anything new`);
    return Math.min(maxMs, span / 2);
  }
  reasons.push(`its entries have no dates, and ${withNews} of the last ${polls.length} polls found something new`);
  return span / withNews / 2;
}
