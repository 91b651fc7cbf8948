import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDb } from '../db/client.js';
import { openEmbedded } from '../db/embedded.js';
import { migrateSchema } from '../db/migrate.js';

/** A million takes about half an hour on two cores, most of it to write and index them: BENCH_RECORDS=1000000. */
const RECORDS = Number(process.env.BENCH_RECORDS ?? 200_000);
const BATCH = 2_000;
const RUNS = 5;
/** Words, or characters of scripts without spaces, in a text. */
const WORDS = 100;

/** Small and repeatable (mulberry32). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
const random = generator(7);

interface Language {
  /** Between words: none where the script has none. */
  gap: string;
  words: readonly string[];
}

const syllables = (list: string, count: number): string[] => {
  const parts = list.split(' ');
  const word = () =>
    Array.from({ length: 2 + Math.floor(random() * 3) }, () => parts[Math.floor(random() * parts.length)]).join('');
  return Array.from({ length: count }, word);
};
const range = (from: number, count: number): string[] => Array.from({ length: count }, (_, n) => String.fromCodePoint(from + n));

const LANGUAGES: Record<string, Language> = {
  en: {
    gap: ' ',
    words: ['the', 'of', 'and', 'government', ...syllables('re con ter man ti on ly ing st ra ble or est ment per', 20_000)],
  },
  de: {
    gap: ' ',
    words: ['die', 'der', 'und', 'für', ...syllables('ge schaft lich über ung ver men keit zu bür straß en heit', 20_000)],
  },
  ru: { gap: ' ', words: ['и', 'в', 'не', ...syllables('по ста ни ров ать ный ка го во ский при ле', 20_000)] },
  ar: { gap: ' ', words: ['في', 'من', ...syllables('ال مد رس ة كت اب حك وم شر ق ون', 20_000)] },
  zh: { gap: '', words: range(0x4e00, 4_000) },
  ja: { gap: '', words: ['の', 'は', 'を', 'に', ...range(0x3042, 80), ...range(0x30a2, 80), ...range(0x5e00, 2_500)] },
  ko: { gap: ' ', words: ['은', '는', ...syllables('가 나 다 라 정 부 시 장 대 통 령 회 의 사 람', 20_000)] },
};

/** What is looked for: stands in so large a share of the texts of its language, as `text`, and is asked for as `query`. */
const PLANTED: { language: string; text: readonly string[]; query: string; share: number }[] = [
  { language: 'en', text: ['Zephyrine'], query: 'zephyrine', share: 0.001 },
  { language: 'en', text: ['said the prime minister'], query: '"prime minister"', share: 0.02 },
  { language: 'en', text: ['COVID-19'], query: 'covid-19', share: 0.2 },
  { language: 'de', text: ['Bürgermeister', 'Bürgermeister,'], query: 'burgermeister', share: 0.01 },
  { language: 'ru', text: ['МОСКВЕ', 'Москве'], query: 'москве', share: 0.01 },
  { language: 'ar', text: ['المَدينة', 'المدينة'], query: 'المدينة', share: 0.01 },
  { language: 'zh', text: ['岸田文雄'], query: '岸田文雄', share: 0.005 },
  { language: 'zh', text: ['安保'], query: '安保', share: 0.05 },
  { language: 'zh', text: ['岸田文雄谈安保'], query: '岸田文雄 安保', share: 0.001 },
  { language: 'ja', text: ['スマートフォン', 'ｽﾏｰﾄﾌｫﾝ'], query: 'スマートフォン', share: 0.01 },
  { language: 'ko', text: ['서울시는', '서울에서'], query: '서울', share: 0.01 },
];

function compose(): { title: string; text: string; language: string; planted: string } {
  const names = Object.keys(LANGUAGES);
  const name = names[Math.floor(random() * names.length)] ?? 'en';
  const { gap, words } = LANGUAGES[name] ?? { gap: '', words: [] };
  // Zipf: the nth word is n times as rare as the first.
  const word = () => words[Math.floor(words.length ** random()) - 1] ?? '';
  const list = Array.from({ length: gap ? WORDS : WORDS * 4 }, word);
  const marks: string[] = [];
  PLANTED.forEach(({ language, text, share }, n) => {
    if (language !== name || random() >= share) return;
    marks.push(`[${n}]`);
    list.splice(Math.floor(random() * list.length), 0, text[Math.floor(random() * text.length)] ?? '');
  });
  const text = list.map((item, n) => (n % 12 === 11 ? `${item}${gap ? '. ' : '。'}` : `${item}${gap}`)).join('');
  return { title: list.slice(0, 8).join(gap), text, language: name, planted: marks.join('') };
}

/** Recall and latency of `feedmill.search`, beside ILIKE and to_tsvector('english'), on records of a mix of languages. */
export async function run(): Promise<void> {
  const folder = await mkdtemp(join(process.env.BENCH_FOLDER ?? tmpdir(), 'feedmill-bench-'));
  const postgres = await openEmbedded(join(folder, 'data'), 56_700);
  await migrateSchema(postgres.url);
  const db = openDb(postgres.url, { max: 2, onError: console.error });
  const query = async (text: string, values: unknown[] = []) => (await db.$client.query(text, values)).rows;
  const timed = async (label: string, work: () => Promise<unknown>) => {
    const at = performance.now();
    await work();
    console.log(`${label.padEnd(46)} ${((performance.now() - at) / 1000).toFixed(0)} s`);
  };
  try {
    // Written in bulk: what is measured is the reading.
    await query(`drop index feedmill_data.search_words; alter table feedmill_data.articles disable trigger user;
      insert into feedmill_data.feeds (url, host) values ('https://a.example/feed', 'a.example')`);
    await timed(`${RECORDS} records written`, async () => {
      for (let n = 0; n < RECORDS; n += BATCH) {
        const batch = Array.from({ length: BATCH }, compose);
        await query(
          `insert into feedmill_data.articles (url, feed_id, status, due_at, title, content_text, language, excerpt, content_source, stored_at)
           select 'https://a.example/' || $1 + i, 1, 'stored', null, title, body, language, planted, 'page', now()
           from unnest($2::text[], $3::text[], $4::text[], $5::text[]) with ordinality as t (title, body, language, planted, i)`,
          [
            n,
            batch.map(({ title }) => title),
            batch.map(({ text }) => text),
            batch.map(({ language }) => language),
            batch.map(({ planted }) => planted),
          ],
        );
      }
    });
    const half = (remainder: number) => `from feedmill_data.articles where id % 2 = ${remainder}`;
    await timed('split into words', () =>
      Promise.all(
        [0, 1].map((side) =>
          query(
            `insert into feedmill_data.search (article_id, words) select id, feedmill_data.search_vector(title, content_text) ${half(side)}`,
          ),
        ),
      ),
    );
    await timed('indexed (GIN)', () =>
      query("set maintenance_work_mem = '512MB'; create index search_words on feedmill_data.search using gin (words)"),
    );
    await timed("the same by to_tsvector('english')", () =>
      query(`create table english as select id, to_tsvector('english', title || ' ' || content_text) as words from feedmill_data.articles;
        create index on english using gin (words); create unique index on english (id)`),
    );
    await query('vacuum analyze feedmill_data.articles');
    await query('vacuum analyze feedmill_data.search');
    await query('vacuum analyze english');
    const [sizes] = await query(
      `select pg_size_pretty(pg_total_relation_size('feedmill_data.articles')) as articles, pg_size_pretty(pg_total_relation_size('feedmill_data.search')) as search,
              pg_size_pretty(pg_relation_size('feedmill_data.search_words')) as index`,
    );
    console.log(`articles ${sizes.articles}; words ${sizes.search}, of which the index ${sizes.index}\n`);

    const like = "from feedmill_data.articles where title ilike '%' || $1 || '%' or content_text ilike '%' || $1 || '%'";
    const WAYS: Record<string, { all: string; page: string; ask(text: string): string }> = {
      'feedmill.search': {
        all: 'select record_id as id from feedmill.search($1, 1000000)',
        page: 'select record_id from feedmill.search($1)',
        ask: (text) => text,
      },
      ILIKE: {
        all: `select id ${like}`,
        page: `select id ${like} order by id desc limit 20`,
        ask: (text) => text.replaceAll('"', ''),
      },
      english: {
        all: "select id from english where words @@ websearch_to_tsquery('english', $1)",
        page: "select id from english where words @@ websearch_to_tsquery('english', $1) order by ts_rank(words, websearch_to_tsquery('english', $1)) desc limit 20",
        ask: (text) => text,
      },
    };
    console.log(
      `${'query'.padEnd(18)}${'texts'.padStart(8)}   ${Object.keys(WAYS)
        .map((way) => way.padEnd(26))
        .join('')}`,
    );
    for (const [n, { query: text }] of PLANTED.entries()) {
      const [truth] = await query(`select array_agg(id) as ids from feedmill_data.articles where excerpt like '%[${n}]%'`);
      const wanted = new Set<string>(truth.ids ?? []);
      const cells: string[] = [];
      for (const { all, page, ask } of Object.values(WAYS)) {
        const hits = (await query(all, [ask(text)])).filter(({ id }) => wanted.has(id)).length;
        const times: number[] = [];
        for (let i = 0; i < RUNS; i += 1) {
          const at = performance.now();
          await query(page, [ask(text)]);
          times.push(performance.now() - at);
        }
        times.sort((a, b) => a - b);
        cells.push(
          `${((100 * hits) / wanted.size).toFixed(1)} %  ${(times[Math.floor(RUNS / 2)] ?? 0).toFixed(1)} ms`.padEnd(26),
        );
      }
      console.log(`${text.padEnd(18)}${String(wanted.size).padStart(8)}   ${cells.join('')}`);
    }
  } finally {
    await db.$client.end();
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  }
}
