import type { Namespaces } from './namespaces.js';
import type { ElementEnd, XmlElement, XmlHandler, XmlRepairs } from './xml-handler.js';

/** The stack of open elements. It pairs start tags with end tags and tells the handler what opens and closes. */
export class OpenElements {
  private readonly stack: XmlElement[] = [];
  /** How many elements of each tag are open, so that a stray end tag is recognized without a search. */
  private readonly countByTag = new Map<string, number>();

  constructor(
    private readonly handler: XmlHandler,
    private readonly repairs: XmlRepairs,
  ) {}

  get depth(): number {
    return this.stack.length;
  }

  /** The namespaces in scope where the next element starts. */
  get namespaces(): Namespaces | undefined {
    return this.stack.at(-1)?.namespaces;
  }

  /** Opens an element, after closing those whose end tag it shows to be missing. */
  open(element: XmlElement): void {
    for (let top = this.stack.at(-1); top && this.handler.impliesEnd(top, element); top = this.stack.at(-1)) this.pop('implied');
    this.stack.push(element);
    this.countByTag.set(element.tag, (this.countByTag.get(element.tag) ?? 0) + 1);
    this.handler.open(element);
    if (element.selfClosing) this.pop('written');
  }

  /** An end tag closes the innermost element of its name and everything inside it. One that matches nothing is ignored. */
  closeTag(tag: string): void {
    if (!this.countByTag.get(tag)) {
      this.repairs.strayEnds += 1;
      return;
    }
    while (this.stack.at(-1)?.tag !== tag) this.pop('implied');
    this.pop('written');
  }

  /** Closes everything that is still open where the document ends. */
  closeAll(): void {
    while (this.stack.length > 0) this.pop('cut');
  }

  private pop(end: ElementEnd): void {
    const element = this.stack.pop();
    if (!element) return;
    this.countByTag.set(element.tag, (this.countByTag.get(element.tag) ?? 1) - 1);
    if (end !== 'written') this.repairs.unclosed += 1;
    this.handler.close(element, end);
  }
}
