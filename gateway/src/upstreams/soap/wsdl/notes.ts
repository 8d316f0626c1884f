/** What reading a WSDL leaves out, and what it reads as what must be meant. */
import type { Repair, Skipped, SourcePlace } from '../../api/model.ts';
import { attributeOf, type XmlElement } from '../xml/element.ts';

export class Notes {
  readonly skipped: Skipped[] = [];
  readonly repairs: Repair[] = [];
  private readonly main: string;

  /** @param main location of the document that was asked for */
  constructor(main: string) {
    this.main = main;
  }

  skip(what: string, why: string, node: XmlElement, location: string): void {
    this.skipped.push({ what, why, at: this.placeOf(node, location) });
  }

  mend(what: string, node: XmlElement, location: string): void {
    this.repairs.push({ what, at: this.placeOf(node, location) });
  }

  placeOf(node: XmlElement, location: string): SourcePlace {
    const name = attributeOf(node, 'name') ?? '';
    const source = location === this.main ? '' : location;
    return { source, pointer: `${node.local} ${name}`, line: node.line };
  }
}
