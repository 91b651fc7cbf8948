import { anyPhrase } from '../../../text/word-list.js';

// Words in and around bylines that are not part of a person's name, by purpose and language.

/** Words that never occur in a name, so that a part of a byline with one of them is a role, a button or a note. */
export const ROLE_AND_BUTTON_WORDS = anyPhrase(`
  # en: roles
  author
  correspondent
  dietitian
  director
  editor
  photograph
  photographer
  photographs
  photography
  producer
  reporter
  reuters staff
  writer
  # en: links and buttons
  about
  all articles
  archive
  bio
  comment(s)
  contact
  email
  finance
  follow
  log( )in
  log( )out
  newsletter
  post(s)
  profile
  read more
  register
  share
  sign( )in
  sign( )up
  subscribe
  view all
  # en: notes
  ago
  courtesy
  getty
  image(s)
  min read
  minute(s)
  published
  today
  updated
  yesterday
  # de: roles
  chefredakteur
  chefredakteurin
  redakteur
  redakteurin
  # de: links and buttons
  abmelden
  alle artikel
  anmelden
  mehr artikel
  registrieren
  # de: notes
  uhr
`);

/** Degrees and suffixes after a name. */
export const CREDENTIALS = anyPhrase(`
  b(.)sc(.)
  cfp
  cpa
  cpt
  cscs
  d(.)d(.)s(.)
  d(.)v(.)m(.)
  esq(.)
  facp
  fand
  j(.)d(.)
  jr(.)
  lcsw
  ldn
  lmft
  m(.)d(.)
  m(.)p(.)h(.)
  m(.)s(.)
  m(.)sc(.)
  mba
  mbbs
  ph(.)( )d(.)
  pharm(.)d(.)
  r(.)d(.)
  r(.)n(.)
  rdn
`);

/** What fills the place of a name without being one. */
export const NOT_NAMES = anyPhrase(`
  # accounts and placeholders
  admin
  administrator
  anonymous
  guest
  none
  null
  undefined
  unknown
  user
  # networks
  facebook
  instagram
  linkedin
  pinterest
  telegram
  tiktok
  twitter
  whatsapp
  youtube
  # en
  and
  by
  link(s)
  source(:)
  written by
  # en: weekdays
  mon
  tue
  wed
  thu
  fri
  sat
  sun
  # de
  ca(.)
  quelle(:)
  und
  von
  # es, pt
  por
  # fr
  par
  # ja: log in
  ログイン
  # zh: log in, log out
  登录
  退出
`);

/** The last words of a desk's name: a desk is accepted as the author only where no person is named. */
export const DESK_NAMES = anyPhrase(`
  # en
  editorial team
  news( )desk
  newsroom
  staff
  # de
  redaktion
  # es
  redacción
  # fr
  rédaction
  # it
  redazione
  # ja
  編集部
  # nl
  redactie
  # pl
  redakcja
  # pt
  redação
  # ru
  редакция
  # zh
  编辑部
`);

/** Legal forms at the end of a company's name. */
export const COMPANY_FORMS = anyPhrase(`
  co
  corp
  gmbh
  inc
  llc
  ltd
  plc
`);
