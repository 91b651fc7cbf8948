/** A feed in an OPML file. */
export interface OpmlFeed {
  url: string;
  title?: string;
  /** The names of the folders around it, outermost first, joined by FOLDER_SEPARATOR. */
  folder?: string;
}

/** What joins the names of nested folders. */
export const FOLDER_SEPARATOR = ' / ';
