import { phrasesIn } from '../word-list.js';

/**
 * The names of the months, January to December, by language. A name stands for every word that starts with it, so that one entry
 * covers abbreviations and grammatical cases. `/` separates spellings, `-` marks a name that the list lacks. The longest match
 * wins, so that July (`červenec`) is not June (`červen`). If two languages disagree on a word, it has the meaning of the one with
 * more readers: `listopad` is November as in Polish and Czech, not October as in Croatian.
 */
export const MONTH_NAMES: readonly string[] = phrasesIn(`
  # en
  jan feb mar apr may jun jul aug sep oct nov dec
  # de
  jan/jän feb mär/mrz apr mai jun jul aug sep okt nov dez
  # nl
  jan feb maart/mrt apr mei jun jul aug sep okt nov dec
  # sv, da
  jan feb mar apr maj jun jul aug sep okt nov dec
  # no
  jan feb mar apr mai jun jul aug sep okt nov des
  # fr
  jan fév/fev mar avr mai juin juil aoû/aou sep oct nov déc
  # es
  ene feb mar abr may jun jul ago sep/set oct nov dic
  # pt
  jan fev mar abr mai jun jul ago set out nov dez
  # it
  gen feb/febb mar apr mag giu lug ago set ott nov dic
  # ca
  gen feb mar abr mai juny jul ago set oct nov des
  # ro
  ian feb mar apr mai iun iul aug sep oct noi dec
  # pl
  sty lut mar kwi maj cze lip sie wrz paź lis gru
  # cs
  led úno břez dub kvě červn/červen červenc srp září říj lis pros
  # ru
  янв фев мар апр май/мая июн июл авг сен окт ноя дек
  # uk
  січ лют бер кві трав черв лип серп вер жов лис груд
  # bg
  яну фев мар апр май юни юли авг - окт ное дек
  # sr (its j is sometimes a Latin one)
  јан - мар апр мај/маj јун јул авг - окт - дец
  # el
  ιαν φεβ μαρ απρ μαι ιουν ιουλ αυγ σεπ οκτ νοε δεκ
  # fi
  tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu
  # et
  jaan veeb mär apr mai juun juul aug sep okt nov dets
  # hu
  jan feb mar apr maj jun jul aug szep okt nov dec
  # tr
  oca şub mar nis may haz tem ağu eyl eki kas ara
  # az
  - fev mar apr may - - - - okt noy -
  # id
  jan feb mar apr mei jun jul agu sep okt nov des
  # ms
  jan feb - apr mei jun jul ogo sep okt nov dis
  # ar, Egypt and the Gulf
  يناير فبراير مارس أبريل مايو يونيو/يونية يوليو/يوليه أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
  # ar, the Maghreb
  جانفي فيفري مارس أفريل ماي جوان جويلية أوت سبتمبر أكتوبر نوفمبر ديسمبر
  # ar, the Levant; names of two words are joined by a hyphen (markMonths in find-day.ts)
  كانون-الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين-الأول تشرين-الثاني كانون-الأول
  # fa
  ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر
  # he
  ינואר פברואר מרץ/מרס אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר
  # hi
  जन फर/फ़र मार्च अप्र मई जून जुला अग सित अक्टू/अक्तू नव दिस
  # bn
  জানু ফেব্র মার্চ এপ্রি মে জুন জুলা আগ সেপ্ট অক্ট নভে ডিস
  # th, abbreviated
  ม.ค ก.พ มี.ค เม.ย พ.ค มิ.ย ก.ค ส.ค ก.ย ต.ค พ.ย ธ.ค
  # th
  มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม
`);
