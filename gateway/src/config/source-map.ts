/** Remembers where each part of the configuration stands in the text. */
import type { LineCounter } from 'yaml';
import { pathText, type ConfigPath, type Finding, type Problem } from './problem.ts';

interface Place {
  readonly keyAt: number;
  readonly valueAt: number;
}

/** Offsets of keys and values by path, and the way from an offset to line and column. */
export class SourceMap {
  readonly #file: string;
  readonly #lines: LineCounter;
  readonly #places = new Map<string, Place>();

  constructor(file: string, lines: LineCounter) {
    this.#file = file;
    this.#lines = lines;
  }

  add(path: ConfigPath, keyAt: number, valueAt: number): void {
    this.#places.set(JSON.stringify(path), { keyAt, valueAt });
  }

  /** Whether the file itself holds something at this path. */
  has(path: ConfigPath): boolean {
    return this.#places.has(JSON.stringify(path));
  }

  /** The problem at an offset of the text (UTF-16 units). */
  atOffset(offset: number, path: ConfigPath, message: string, hint?: string): Problem {
    const { line, col } = this.#lines.linePos(offset);
    const problem = {
      file: this.#file,
      line: Math.max(line, 1),
      column: Math.max(col, 1),
      path: pathText(path),
      message,
    };
    return hint === undefined ? problem : { ...problem, hint };
  }

  /** The problem at a path; where the file has nothing there, at the nearest key above it. */
  at(finding: Finding): Problem {
    const { path, message, hint } = finding;
    for (let length = path.length; length > 0; length -= 1) {
      const place = this.#places.get(JSON.stringify(path.slice(0, length)));
      if (place === undefined) continue;
      const useKey = length < path.length || finding.atKey === true;
      return this.atOffset(useKey ? place.keyAt : place.valueAt, path, message, hint);
    }
    return this.atOffset(0, path, message, hint);
  }
}
