/** Reads XML to a tree within bounds. Document types are refused, so there are no entities. */
import { setImmediate } from 'node:timers/promises';
import type { XmlElement } from './element.ts';
import { Stopped, TreeReader, type XmlLimits } from './tree-reader.ts';

export type { XmlLimits } from './tree-reader.ts';

/** For descriptions. */
export const DOCUMENT_LIMITS: XmlLimits = {
  maxDepth: 200,
  maxElements: 1_000_000,
  maxAttributes: 200,
  maxAttributeChars: 65_536,
  countsLines: true,
  takesLoosePrefixes: true,
};

/** For answers; their bytes are bounded before. */
export const ANSWER_LIMITS: XmlLimits = {
  maxDepth: 200,
  maxElements: 500_000,
  maxAttributes: 200,
  maxAttributeChars: 1_048_576,
  takesLoosePrefixes: true,
};

export interface XmlFault {
  /** What is wrong, without a final full stop. */
  readonly text: string;
  /** Counted from 1; 0 where it is not known. */
  readonly line: number;
}

/** Longer texts are read in pieces, so that others have their turn. */
const PIECE_CHARS = 65_536;

export function parseXml(
  text: string,
  limits: XmlLimits,
  clean?: (text: string) => string,
): XmlElement | XmlFault {
  try {
    const reader = new TreeReader(limits, clean);
    reader.write(withoutMark(text));
    return reader.finish();
  } catch (error) {
    return faultOf(error);
  }
}

/** Reads texts of any length; between pieces of a long one others have their turn. */
export async function parseLongXml(
  text: string,
  limits: XmlLimits,
  clean?: (text: string) => string,
): Promise<XmlElement | XmlFault> {
  try {
    const reader = new TreeReader(limits, clean);
    const whole = withoutMark(text);
    for (let at = 0; at < whole.length; at += PIECE_CHARS) {
      if (at > 0) await setImmediate();
      reader.write(whole.slice(at, at + PIECE_CHARS));
    }
    return reader.finish();
  } catch (error) {
    return faultOf(error);
  }
}

export function isXmlFault(read: XmlElement | XmlFault): read is XmlFault {
  return 'text' in read;
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function faultOf(error: unknown): XmlFault {
  if (error instanceof Stopped) return { text: error.message, line: error.line };
  throw error;
}
