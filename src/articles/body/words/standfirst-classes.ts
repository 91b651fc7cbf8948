import { compileClassWords } from '../../dom/class-words.js';

/** Class words of a standfirst: the summary between the headline and the body. */
export const STANDFIRST_CLASSES = compileClassWords(`
  standfirst
  dek
  deck
  lead
  lede
  leadtext
  intro
  introduction
  summary
  subtitle
  subheadline
  sub-headline
  subhead
  subline
  abstract
  excerpt
  teaser-text
  # cs, pl
  perex
  # da, no
  manchet
  # de
  vorspann
  einleitung
  anreisser
  # es
  entradilla
  bajada
  # fr
  chapeau
  chapo
  # it
  sommario
  occhiello
  # pl
  zajawka
  # sv
  ingress
  underrubrik
`);
