import { compileClassWords } from '../../dom/class-words.js';

/** Class words of captions, picture credits and slideshows. */
export const CAPTION_CLASSES = compileClassWords(`
  caption(s)
  cutline
  img-desc
  image-desc
  photo-desc
  media-meta

  # Credits
  credit(s)
  photocredit
  photocredits
  imagecredit
  imagecredits

  # Slideshows
  gallery
  galleries
  slideshow
  slide(s)
  slider
  lightbox

  # de
  bildunterschrift
  bildnachweis
  # es
  pie-de-foto
  # fr, de
  legende
  # it
  didascalia
`);
