/** What became of a text: its value, or why it has none. */
import type { Node } from '../document.ts';

/** A text that cannot be read; `text` is one sentence about what is wrong. */
export interface TextFault {
  readonly text: string;
  /** Counted from 1; 0 where it is not known. */
  readonly line: number;
}

/** Something a parser had to read in spite of. */
export interface TextRepair {
  readonly what: string;
  readonly pointer: string;
}

export interface Parsed {
  readonly node: Node;
  readonly syntax: 'json' | 'yaml';
  readonly repairs: readonly TextRepair[];
  /** Whether any member `$ref` seems to lead out of the text; examples count, too. */
  readonly mentionsOthers: boolean;
  /** Whether one value may stand in several places of the tree. */
  readonly hasAliases: boolean;
}
