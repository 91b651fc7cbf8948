import type { ArticleRecord } from '../articles/article.js';
import type { HostVerdict } from '../hosts/verdict.js';
import type { Validators } from '../web/outcome.js';
import type { NextRequest } from './request.js';

/** What processing an article does to its row. */
export interface ArticleChange {
  /** Absent: nothing to store (yet). */
  record?: ArticleRecord;
  /** Null: done, for good or ill. */
  dueAt: Date | null;
  /** Nothing more will be tried, and there is no record. */
  failed: boolean;
  /** Why the page gave nothing: a kind, and a sentence. */
  problem?: { kind: string; text: string };
  /** Where its next request goes. */
  next?: NextRequest;
  /** How many of its pages are kept now; at the end of all, none, and it is at `firstUrl` again. */
  pages?: { kept: number; firstUrl?: string };
  /** It is due again only to see whether its page has changed; with what to ask by then. */
  revisit?: { validators: Validators };
  /** This was no try at the page (robots.txt was read, or a redirect): it is not counted as one. */
  uncounted?: boolean;
  host: HostVerdict;
}
