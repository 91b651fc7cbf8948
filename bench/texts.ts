// Synthetic texts for the benchmarks: words of our own in eight languages, as frequent as words of real texts are.
import { createRandom } from '../src/sampler/random.js';

/** How a language is written. */
interface Language {
  /** Its share of all texts. */
  share: number;
  /** What separates words: nothing in scripts without spaces. */
  gap: ' ' | '';
  /** Bytes of a character in UTF-8, on average. */
  charBytes: number;
  /** From the most frequent to the rarest. */
  words: readonly string[];
  /** What names are made of. */
  syllables: readonly string[];
}

/** Words of a language, besides the names that each text brings; in scripts with spaces. */
const VOCABULARY = 20_000;
/** One word in this many is a new name, as vocabularies of real texts never stop growing (Heaps' law). */
const NAME_EVERY = 60;
const NAME_SYLLABLES = 3;
/** Share of words that were in the text before. With it, texts compress, and have as many different words, as real ones. */
const REPEATED = 0.3;
/** Words in a sentence. */
const SENTENCE = { ' ': 14, '': 12 };
const PARAGRAPH_SENTENCES = 4;

const random = createRandom(7);
const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
const makeWord = (syllables: readonly string[], count: number) => Array.from({ length: count }, () => pick(syllables)).join('');

/**
 * A language whose words are separated by spaces. Its short words are the frequent ones, as in real languages. Syllables are made
 * of onsets and rimes: with few of them, texts would compress much better than real ones.
 */
function spaced(share: number, charBytes: number, frequent: string, [onsets, rimes]: [string, string]): Language {
  const syllables = onsets.split(' ').flatMap((onset) => rimes.split(' ').map((rime) => onset + rime));
  const made = Array.from({ length: VOCABULARY }, () => makeWord(syllables, 1 + Math.floor(random() * 3)));
  const words = [...new Set(made)].sort((one, other) => one.length - other.length);
  return { share, gap: ' ', charBytes, words: [...frequent.split(' '), ...words], syllables };
}

const unspaced = (share: number, words: readonly string[]): Language => ({ share, gap: '', charBytes: 3, words, syllables: [] });
const range = (from: number, count: number): string[] => Array.from({ length: count }, (_, n) => String.fromCodePoint(from + n));
/** Words of one to three characters, of which some are much more frequent than others: so are the pairs that they make. */
const compounds = (characters: readonly string[]): string[] =>
  Array.from({ length: VOCABULARY }, () =>
    Array.from({ length: 1 + Math.floor(random() * 3) }, () => characters[Math.floor(characters.length ** random()) - 1]).join(
      '',
    ),
  );

/** The languages of the texts, by code. */
const LANGUAGES: Readonly<Record<string, Language>> = {
  en: spaced(0.42, 1, 'the of and government', [
    'b c d f g h l m n p r s t v w st tr pl ch sh',
    'a e i o u ea ou er an on in al ess ing',
  ]),
  de: spaced(0.12, 1.05, 'die der und für', ['b d f g h k l m n r s t w z sch st pf', 'a e i o u ä ü ei ie au en er ung ich']),
  es: spaced(0.12, 1.05, 'de la que también', ['b c d f g l m n p r s t v ñ ll tr pr', 'a e i o ía ión ar er es os an en']),
  ru: spaced(0.12, 1.85, 'и в не', ['б в г д ж з к л м н п р с т ч ст пр', 'а е и о у я ы ов ть ный ский ем ой']),
  ar: spaced(0.06, 1.8, 'في من', ['ا ب ت ج ح د ر س ش ع ف ق ك ل م ن ه', 'ا و ي ة ل م ن ر ات ين']),
  ko: spaced(0.04, 2.6, '은 는', ['가 나 다 라 마 바 사 아 자 정 부 시 장', '대 통 령 회 의 람 국 민 전 화 기 도 서']),
  zh: unspaced(0.07, compounds(range(0x4e00, 4_000))),
  ja: unspaced(0.05, [
    'の',
    'は',
    'を',
    'に',
    ...compounds([...range(0x3042, 80), ...range(0x30a2, 80), ...range(0x5e00, 2_500)]),
  ]),
};

/** What queries search for: one of the forms in `text` is put into this share of the texts of its language. */
export const PLANTED: readonly { language: string; text: readonly string[]; query: string; share: number }[] = [
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

/** How sites edit a wire story. */
export const EDITS: Readonly<Record<string, (text: string) => string>> = {
  'one word in twenty changed': (text) =>
    text.replace(/\p{L}{3,}|[\u3400-\u9fff]/gu, (word) => (random() < 0.05 ? `${word}x` : word)),
  'different first paragraph': (text) =>
    `A new introduction by the desk of this paper for its readers today.\n${text.replace(/^.*\n+/, '')}`,
  'last fifth cut': (text) => text.slice(0, Math.floor(text.length * 0.8)),
  'last two fifths cut': (text) => text.slice(0, Math.floor(text.length * 0.6)),
  'notice added': (text) =>
    `${text}\nThis story was supplied by an agency. Subscribe to our newsletter to get the best of our reporting every morning, free of charge.`,
  'words changed, last fifth cut, notice added': (text) =>
    ['one word in twenty changed', 'last fifth cut', 'notice added'].reduce(
      (edited, name) => EDITS[name]?.(edited) ?? edited,
      text,
    ),
};

/** A text with its headline. */
export interface SyntheticText {
  language: string;
  title: string;
  /** Paragraphs with a blank line between them. */
  text: string;
  /** The positions in PLANTED of what was put into it. */
  planted: number[];
}

/** Composes a text of about this many bytes in UTF-8, in one of the languages. */
export function composeText(bytes: number): SyntheticText {
  const name = pickLanguage();
  const language = LANGUAGES[name] as Language;
  const planted: number[] = [];
  const subject: string[] = [];
  const title = composeWords(language, 8, subject).join(language.gap);
  const paragraphs: string[] = [];
  for (let left = bytes / language.charBytes; left > 0 || paragraphs.length === 0; ) {
    const paragraph = composeParagraph(language, left, subject);
    left -= paragraph.length + 2;
    paragraphs.push(paragraph);
  }
  PLANTED.forEach(({ language: wanted, text, share }, n) => {
    if (wanted !== name || random() >= share) return;
    planted.push(n);
    const at = Math.floor(random() * paragraphs.length);
    paragraphs[at] = `${paragraphs[at]}${language.gap}${pick(text)}${language.gap ? '.' : '。'}`;
  });
  return { language: name, title, text: paragraphs.join('\n\n'), planted };
}

function pickLanguage(): string {
  let left = random();
  for (const [name, { share }] of Object.entries(LANGUAGES)) {
    left -= share;
    if (left < 0) return name;
  }
  return 'en';
}

/** A paragraph of at most about this many characters. */
function composeParagraph(language: Language, chars: number, subject: string[]): string {
  const sentences: string[] = [];
  for (let length = 0; sentences.length < PARAGRAPH_SENTENCES && length < chars; ) {
    const sentence = composeWords(language, SENTENCE[language.gap], subject).join(language.gap) + (language.gap ? '.' : '。');
    length += sentence.length;
    sentences.push(sentence);
  }
  return sentences.join(language.gap);
}

/**
 * Words as frequent as in real texts: by Zipf's law, the nth is n times as rare as the first; some repeat one of `subject`, the
 * words that came before, since a text is about something.
 */
function composeWords({ words, syllables }: Language, count: number, subject: string[]): string[] {
  return Array.from({ length: count }, () => {
    if (subject.length > 0 && random() < REPEATED) return pick(subject);
    const isName = syllables.length > 0 && random() * NAME_EVERY < 1;
    const word = isName ? makeWord(syllables, NAME_SYLLABLES) : (words[Math.floor(words.length ** random()) - 1] ?? '');
    subject.push(word);
    return word;
  });
}
