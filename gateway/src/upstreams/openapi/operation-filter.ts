/** Which operations of a document become tools. */
import type { Operation } from '../api/model.ts';

export interface OperationSelection {
  /** As the document has them, case included. */
  readonly tags: readonly string[];
  /** Path templates; `*` stands for anything, `/` included. */
  readonly paths: readonly string[];
  /** HTTP methods in any case. */
  readonly methods: readonly string[];
}

export interface OperationFilter {
  /** Only operations that fit every list which is not empty. */
  readonly include: OperationSelection;
  /** Operations that fit any of the lists are left out. */
  readonly exclude: OperationSelection;
  readonly deprecated: 'keep' | 'skip';
}

const NO_SELECTION: OperationSelection = { tags: [], paths: [], methods: [] };

/** Lets every operation through. */
export const KEEP_ALL: OperationFilter = {
  include: NO_SELECTION,
  exclude: NO_SELECTION,
  deprecated: 'keep',
};

/** @returns whether an operation is wanted */
export function compileFilter(filter: OperationFilter): (operation: Operation) => boolean {
  const included = compileSelection(filter.include);
  const excluded = compileSelection(filter.exclude);
  return (operation) => {
    if (filter.deprecated === 'skip' && operation.isDeprecated) return false;
    const isIncluded = included.every((fits) => fits(operation));
    return isIncluded && !excluded.some((fits) => fits(operation));
  };
}

function compileSelection(selection: OperationSelection): ((operation: Operation) => boolean)[] {
  const tags = new Set(selection.tags);
  const methods = new Set(selection.methods.map((method) => method.toUpperCase()));
  const paths = selection.paths.map(pathPattern);
  const tests: ((operation: Operation) => boolean)[] = [];
  if (tags.size > 0) tests.push((operation) => operation.tags.some((tag) => tags.has(tag)));
  if (methods.size > 0) tests.push((operation) => methods.has(operation.verb));
  if (paths.length > 0) {
    tests.push((operation) => paths.some((matches) => matches(operation.place)));
  }
  return tests;
}

/** A matcher without backtracking beyond the last `*`: linear for every pattern in use. */
function pathPattern(pattern: string): (path: string) => boolean {
  const pieces = pattern.split('*');
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return (path) => path === first;
  return (path) => {
    if (!path.startsWith(first) || !path.endsWith(last)) return false;
    const end = path.length - last.length;
    let at = first.length;
    for (const piece of rest) {
      const found = path.indexOf(piece, at);
      if (found < 0 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return at <= end;
  };
}
