/**
 * Beginnings of the months' names, by number, in some forty languages, with the cases that dates put them in. The longest that fits wins,
 * so that July (`červenec`) is not June (`červen`). Where two languages disagree, the one with more readers has the word (`listopad`
 * is November as in Polish and Czech, not October as in Croatian).
 */
const MONTHS: readonly string[] = [
  'jan jän jaan ene gen янв яну січ јан sty led oca ian tammi ιαν يناير جانفي كانون-الثاني ژانویه ม.ค มกราคม जन জানু ינואר',
  'feb fev fév febb фев лют lut úno şub helmi veeb φεβ فبراير فيفري شباط فوریه ก.พ กุมภาพันธ์ फर फ़र ফেব্র פברואר',
  'mar mär maart mrt mrz мар бер břez maalis μαρ مارس آذار มี.ค มีนาคม मार्च মার্চ מרץ מרס',
  'apr abr avr апр кві kwi dub nis huhti απρ أبريل أفريل نيسان آوریل เม.ย เมษายน अप्र এপ্রি אפריל',
  'may mai mag maj mei май мая маj мај трав kvě touko μαι مايو ماي أيار مه พ.ค พฤษภาคม मई মে מאי',
  'jun juin juny juun giu июн юни јун черв cze červn červen haz iun kesä ιουν يونيو يونية جوان حزيران ژوئن มิ.ย มิถุนายน जून জুন יוני',
  'jul juil juul lug июл юли јул лип lip červenc tem iul heinä ιουλ يوليو يوليه جويلية تموز ژوئیه ก.ค กรกฎาคม जुला জুলা יולי',
  'aug ago agu aoû aou ogo авг серп sie srp ağu elo αυγ أغسطس أوت آب اوت ส.ค สิงหาคม अग আগ אוגוסט',
  'sep set szep сен вер wrz září eyl syys σεπ سبتمبر أيلول سپتامبر ก.ย กันยายน सित সেপ্ট ספטמבר',
  'oct okt ott out окт жов paź říj eki loka οκτ أكتوبر تشرين-الأول اکتبر ต.ค ตุลาคม अक्टू अक्तू অক্ট אוקטובר',
  'nov noy noi ноя ное лис lis kas marras νοε نوفمبر تشرين-الثاني نوامبر พ.ย พฤศจิกายน नव নভে נובמבר',
  'dec déc dez dic des dis dets дек дец груд pros ara joulu gru δεκ ديسمبر كانون-الأول دسامبر ธ.ค ธันวาคม दिस ডিস דצמבר',
];

/** Small letters without accents, digits of every script as 0 to 9, full-width forms as plain ones, all dashes as one, no marks of direction. */
export const foldText = (text: string): string =>
  (ASCII.test(text) ? text.toLowerCase() : foldLetters(text)).replace(/\s+/g, ' ').trim();

/** Most dates: they have nothing else to fold. */
const ASCII = /^[\t\n\r\x20-\x7E]*$/;

const foldLetters = (text: string): string =>
  latinDigits(text)
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036F\u0653-\u0655\p{Cf}]/gu, '')
    .normalize('NFC')
    .replace(/ı/g, 'i')
    .replace(/[‐‑‒–—−]/g, '-');

/** Decimal digits of every script as 0 to 9. */
export const latinDigits = (text: string): string =>
  text.replace(/(?![0-9])\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    // A script's digits stand in one row of sixteen: they begin at its start, or (those of India) at its seventh place.
    return String(IN_PLACE.test(digit) ? code % 16 : (code + 10) % 16);
  });

/** Arabic, Persian, Thai, Lao, Burmese, full-width. */
const IN_PLACE = /[\u0660-\u0669\u06F0-\u06F9\u0E50-\u0E59\u0ED0-\u0ED9\u1040-\u1049\uFF10-\uFF19]/;

/** The stems by their first three letters. Levantine names of two words ("كانون الثاني") are joined by a hyphen. */
const STEMS = new Map<string, [stem: string, month: number][]>();
for (const [index, stems] of MONTHS.entries()) {
  for (const stem of stems.split(' ').map(foldText)) {
    const head = stem.slice(0, 3);
    STEMS.set(
      head,
      [...(STEMS.get(head) ?? []), [stem, index + 1] as [string, number]].sort(([a], [b]) => b.length - a.length),
    );
  }
}

/** The month (1 to 12) that a folded word names, by its beginning; undefined for any other word. Hebrew puts "in" (ב) before it. */
export function monthOf(word: string): number | undefined {
  const stems = STEMS.get(word.slice(0, 3)) ?? STEMS.get(word.slice(0, 2));
  const named = stems?.find(([stem]) => word.startsWith(stem))?.[1];
  return named ?? (word.startsWith('ב') ? monthOf(word.slice(1)) : undefined);
}

/** How a date was written, for those who doubt it. */
export interface WrittenAs {
  text: string;
  /** The text names no zone that is known: UTC was assumed. */
  zoneAssumed: boolean;
}
