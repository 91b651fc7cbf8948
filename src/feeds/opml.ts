/** A feed in an OPML file. */
export interface OpmlFeed {
  url: string;
  title?: string;
  /** The names of the folders around it, outermost first, joined by FOLDER_SEPARATOR. */
  folder?: string;
}

export const FOLDER_SEPARATOR = ' / ';
