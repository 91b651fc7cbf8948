/** Phrases that ask the reader to subscribe, follow, register, donate or buy; found anywhere in a text, as whole words. */
export const NEWSLETTER_PHRASES = `
  sign up
  signing up
  subscribe
  subscribing
  subscriber(s)
  newsletter
  inbox
  follow us
  follow me
  follow him
  follow her
  follow them
  follow @
  like us
  get the latest
  download our app
  download the app
  join our
  join us
  register
  sign in
  log in
  create an account
  bookmark
  donate
  donation
  support our
  support us
  become a member
  whatsapp
  telegram channel
  # Paid links
  exclusive deal
  affiliate
  commission
  earn us
  # de
  abonnieren
  unterstützen sie
  # fr
  abonnez
  # it
  iscriviti
  # pt
  assine
`;

/** Such phrases that hold a name: "follow Ada on". */
export const NEWSLETTER_PATTERNS = [/follow \w+ on/];
