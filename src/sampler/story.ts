import { createRandom } from './random.js';
import type { Site } from './site.js';
import { folhaDaSerra } from './sites/folha-da-serra.js';
import { harbourGazette } from './sites/harbour-gazette.js';
import { sahil } from './sites/sahil.js';
import { shiosaiShimbun } from './sites/shiosai-shimbun.js';
import { talbote } from './sites/talbote.js';
import { yunshuiRibao } from './sites/yunshui-ribao.js';

/** The sample sites, in the order in which they publish. */
export const SITES: readonly Site[] = [harbourGazette, yunshuiRibao, shiosaiShimbun, sahil, talbote, folhaDaSerra];

/** A story as the site's publishing system would store it. */
export interface Story {
  number: number;
  title: string;
  author: string;
  section: string;
  paragraphs: string[];
  publishedAt: Date;
}

const PARAGRAPHS_PER_STORY = 5;

/** Composes story `number` of a site from the site's texts. It has the same text at every call, so nothing needs to be stored. */
export function composeStory(site: Site, number: number, publishedAt: Date): Story {
  const random = createRandom(number * 7919 + site.slug.length * 104_729);
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)] ?? '';
  const place = pick(site.places);
  const person = pick(site.people);
  const figure = String(12 + number * 3 + Math.floor(random() * 3));
  const small = String(2 + Math.floor(random() * 9));
  const fill = (text: string) =>
    text.replaceAll('{place}', place).replaceAll('{person}', person).replaceAll('{n}', figure).replaceAll('{m}', small);
  const start = Math.floor(random() * site.paragraphs.length);
  const paragraphs = Array.from({ length: PARAGRAPHS_PER_STORY }, (_, i) =>
    fill(site.paragraphs[(start + i) % site.paragraphs.length] ?? ''),
  );
  return {
    number,
    title: fill(site.headlines[number % site.headlines.length] ?? ''),
    author: pick(site.people),
    section: pick(site.sections),
    paragraphs,
    publishedAt,
  };
}
