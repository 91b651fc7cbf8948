/** Longer than this is a sentence, not a name, in characters and in words. */
const MAX_NAME = 60;
const MAX_WORDS = 6;
/** What stands after so much is no byline, in characters. */
const MAX_BYLINE = 400;
/** A byline with more people is a list of something else. */
const MAX_PERSONS = 20;

/** What stands before names in bylines, in the languages that have a word for it. */
const LABEL =
  /^(?:(?:written|posted|published|reported|words|story|article|text|photos?|analysis|opinion|column|interview|verfasst|geschrieben|erstellt|eingestellt|ein gastbeitrag|gastbeitrag|artikel|beitrag|(?:ein )?(?:kommentar|bericht|interview|gespräch|essay)|écrit|publié|escrito|publicado|scritto|opublikował|geplaatst|skrevet|skriven)\s+)?(?:by|with|avec|mit|von|vom|par|por|di|da|door|av|af|przez|от|от автора|автор|текст|text|texte|testo|texto|tekst|words|autor(?:in)?|auteure?|autore|autora|forfatter|author|authors|writer|reporter|redakteur(?:in)?|journalist(?:in)?|foto|contributor|quelle|作者|著者|文|記者|记者|編集|责任编辑|責任編集|責編|来源|글|기자|بقلم|كتب|كتبت|ผู้เขียน|เขียนโดย|โดย)(?:\s*[:：●／/|]\s*|\s+)/iu;
/** Joins names: commas, bars, and "and" in the usual languages. */
const JOINTS = /\s*(?:[,;|•·、，；\n]|\s[&+]\s|\s(?:and|und|et|y|e|og|och|en|i|avec|with|mit|und|και|и|و)\s)\s*/iu;
/** Parts a byline: who, when, how long. */
const SEGMENTS = /\s*[|·•]\s*/;
const PARTICLE =
  /^(?:d[eiuao]s?|del|della|der|den|van|von|vom|zu|zum|zur|la|le|el|al|bin|ibn|ben|y|e|af|av|ten|ter|d['’]\p{Lu}.*|l['’]\p{Lu}.*)$/u;
/** From here on a byline tells something else: when, where, how long, for whom. */
const TAIL =
  /\s*(?:\(|\[|\s[–—-]\s|\/\s|\bon\s+(?:behalf|\w{3,9}\s+\d)|\bfor\s|\bsagt\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:updated|published|posted|last (?:modified|updated)|am|um|vom|le|il|el|on|at|in)\s+(?:on\s+)?\d|\b\d{1,2}[./-]\d{1,2}[./-]|\b(?:19|20)\d{2}\b|\d+\s*(?:min|mins|minutes?|hours?|days?|months?|years?)\b|@|https?:).*$/isu;
/** A part of a byline that is what someone does, or a button, and no name. */
const NO_NAME =
  /^(?:.*\b(?:writer|editor|correspondent|reporter|producer|director|dietitian|follow|share|comments?|min read|minutes?|read more|view all|posts?|about|contact|subscribe|email|newsletter|bio|profile|updated|published|photograph(?:er|s|y)?|getty|images?|redakteurin|redakteur|chefredakteurin|chefredakteur|author|archive|uhr|today|yesterday|ago|courtesy|registrieren|anmelden|abmelden|log ?in|log ?out|sign ?(?:in|up)|register|finance|all articles|alle artikel|mehr artikel|reuters staff)\b.*|m\.?d\.?|ph\.?\s?d\.?|r\.?n\.?|m\.?s\.?|r\.?d\.?|rdn|ldn|m\.?p\.?h\.?|m\.?sc\.?|b\.?sc\.?|d\.?d\.?s\.?|d\.?v\.?m\.?|pharm\.?d\.?|lcsw|lmft|facp|fand|cscs|cpt|mbbs|j\.?d\.?|esq\.?|jr\.?|cpa|cfp|mba|退出|登录|ログイン|admin|administrator|user|youtube|facebook|instagram|twitter|linkedin|whatsapp|pinterest|tiktok|telegram|written by|link|links|quelle:?|source:?|mon|tue|wed|thu|fri|sat|sun|ca\.?|guest|null|undefined|none|unknown|anonymous|by|von|par|por|and|und)$/iu;

/** A byline as people write it → the names in it: "By Ada Example and B. Muster | 3 min read" → two. Empty for what is no name. */
export function readByline(byline: string): string[] {
  const line = byline
    .slice(0, MAX_BYLINE)
    .replace(/\S+@\S+/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  for (const segment of line.split(SEGMENTS)) {
    const names = withoutLabel(segment)
      .replace(TAIL, '')
      .split(JOINTS)
      .map((part) => withoutLabel(part).replace(/^[\s"“”«»'’.:–—-]+|[\s"“”«»:–—-]+$/g, ''))
      .filter(isName);
    if (names.length > 0) return [...new Set(names)].slice(0, MAX_PERSONS);
  }
  return [];
}

/** Whether each word of a name begins as names do: upper-case, but for particles; scripts without case always do. */
export const isCapitalized = (name: string): boolean =>
  name.split(' ').every((word) => !/^\p{Ll}/u.test(word) || PARTICLE.test(word));

function withoutLabel(text: string): string {
  const once = text.replace(LABEL, '');
  return once === text ? text : once.replace(LABEL, '');
}

/** Whether a text can be somebody's name: short, with letters, no digits, no address, nobody's function. */
const isName = (text: string): boolean =>
  text.length >= 2 &&
  text.length <= MAX_NAME &&
  text.split(' ').length <= MAX_WORDS &&
  /\p{L}{2}/u.test(text) &&
  !/[\d@<>{}=?!]|\/\/|www\.|…|\.\.\./.test(text) &&
  !NO_NAME.test(text);
