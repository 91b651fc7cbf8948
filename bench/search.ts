import { createRandom } from '../src/sampler/random.js';
import { type Query, withDatabase } from './database.js';
import { measureMs, median } from './numbers.js';

/** BENCH_RECORDS=1000000 takes about half an hour on two cores, most of it to write and index the records. */
const RECORDS = Number(process.env.BENCH_RECORDS ?? 200_000);
const BATCH = 2_000;
/** How many times each query runs; the median counts. */
const RUNS = 5;
const PORT = 56_700;
/** Words in a text; in scripts without spaces, four times as many characters. */
const WORDS = 100;

const random = createRandom(7);

interface Language {
  /** What separates words: nothing in scripts without spaces. */
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

/** What the queries search for: one of the forms in `text` is put into this share of the texts of its language. */
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
  // Zipf's law: the nth word is n times as rare as the first.
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

/** Measures recall and latency of `feedmill.search`, ILIKE and to_tsvector('english') on records in several languages. */
export async function run(): Promise<void> {
  await withDatabase(
    PORT,
    async (_db, query) => {
      await writeRecords(query);
      await indexWords(query);
      await printSizes(query);
      await printComparison(query);
    },
    { max: 2 },
  );
}

async function printTime(label: string, work: () => Promise<unknown>): Promise<void> {
  const ms = await measureMs(work);
  console.log(`${label.padEnd(46)} ${(ms / 1000).toFixed(0)} s`);
}

/** Writes records in bulk, without triggers: what is measured is reading. */
async function writeRecords(query: Query): Promise<void> {
  await query(`drop index feedmill_data.search_words; alter table feedmill_data.articles disable trigger user;
    insert into feedmill_data.feeds (url, host) values ('https://a.example/feed', 'a.example')`);
  await printTime(`${RECORDS} records written`, async () => {
    for (let n = 0; n < RECORDS; n += BATCH) {
      const batch = Array.from({ length: BATCH }, compose);
      await query(
        `insert into feedmill_data.articles
           (url, feed_id, status, due_at, title, content_text, language, excerpt, content_source, stored_at)
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
}

/** Indexes the words for `feedmill.search`, and for comparison with the text search configuration `english`. */
async function indexWords(query: Query): Promise<void> {
  const splitHalf = (half: number) =>
    query(`
    insert into feedmill_data.search (article_id, words)
    select id, feedmill_data.search_vector(title, content_text) from feedmill_data.articles where id % 2 = ${half}`);
  await printTime('split into words', () => Promise.all([splitHalf(0), splitHalf(1)]));
  await printTime('indexed (GIN)', () =>
    query("set maintenance_work_mem = '512MB'; create index search_words on feedmill_data.search using gin (words)"),
  );
  await printTime("the same with to_tsvector('english')", () =>
    query(`create table english as
        select id, to_tsvector('english', title || ' ' || content_text) as words from feedmill_data.articles;
      create index on english using gin (words); create unique index on english (id)`),
  );
  for (const table of ['feedmill_data.articles', 'feedmill_data.search', 'english']) await query(`vacuum analyze ${table}`);
}

async function printSizes(query: Query): Promise<void> {
  const [sizes] = await query(`
    select pg_size_pretty(pg_total_relation_size('feedmill_data.articles')) as articles,
           pg_size_pretty(pg_total_relation_size('feedmill_data.search')) as search,
           pg_size_pretty(pg_relation_size('feedmill_data.search_words')) as index`);
  console.log(`articles ${sizes?.articles}; words ${sizes?.search}, of which the index ${sizes?.index}\n`);
}

const ILIKE = "from feedmill_data.articles where title ilike '%' || $1 || '%' or content_text ilike '%' || $1 || '%'";
const ENGLISH = "from english where words @@ websearch_to_tsquery('english', $1)";

/** The ways to search: the SQL for all results and for the first page, and how a query is written. */
const WAYS: Record<string, { all: string; page: string; toQuery(text: string): string }> = {
  'feedmill.search': {
    all: 'select record_id as id from feedmill.search($1, 1000000)',
    page: 'select record_id from feedmill.search($1)',
    toQuery: (text) => text,
  },
  ILIKE: {
    all: `select id ${ILIKE}`,
    page: `select id ${ILIKE} order by id desc limit 20`,
    toQuery: (text) => text.replaceAll('"', ''),
  },
  english: {
    all: `select id ${ENGLISH}`,
    page: `select id ${ENGLISH} order by ts_rank(words, websearch_to_tsquery('english', $1)) desc limit 20`,
    toQuery: (text) => text,
  },
};

async function printComparison(query: Query): Promise<void> {
  const titles = Object.keys(WAYS).map((way) => way.padEnd(26));
  console.log(`${'query'.padEnd(18)}${'texts'.padStart(8)}   ${titles.join('')}`);
  for (const [n, { query: text }] of PLANTED.entries()) {
    const rows = await query(`select id from feedmill_data.articles where excerpt like '%[${n}]%'`);
    const wanted = new Set(rows.map(({ id }) => id));
    const cells: string[] = [];
    for (const { all, page, toQuery } of Object.values(WAYS)) {
      const hits = (await query(all, [toQuery(text)])).filter(({ id }) => wanted.has(id)).length;
      const times: number[] = [];
      for (let run = 0; run < RUNS; run += 1) times.push(await measureMs(() => query(page, [toQuery(text)])));
      cells.push(`${((100 * hits) / wanted.size).toFixed(1)} %  ${median(times).toFixed(1)} ms`.padEnd(26));
    }
    console.log(`${text.padEnd(18)}${String(wanted.size).padStart(8)}   ${cells.join('')}`);
  }
}
