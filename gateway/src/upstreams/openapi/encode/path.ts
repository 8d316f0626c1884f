/** The path of a request: as many segments as its template has, whatever the values are. */
import { leavesItsPlace } from './path-steps.ts';
import { unsendable, type Unsendable } from '../../api/http/request.ts';
import type { PathPiece } from './plan-data.ts';

/** The text of the parameter at a position, already encoded. */
export type PathTexts = (position: number) => string;

/** Fills the template. */
export type PathWriter = (texts: PathTexts) => string | Unsendable;

/** One segment with values in it. */
interface Segment {
  readonly pieces: readonly PathPiece[];
  /** Argument that is blamed where the segment cannot be sent. */
  readonly argument: string;
}

/**
 * @param pieces begin with `/`; literal text is encoded
 * @param argumentOf the argument behind the parameter at a position
 */
export function compilePath(
  pieces: readonly PathPiece[],
  argumentOf: (position: number) => string,
): PathWriter {
  const { segments, query } = split(pieces, argumentOf);
  return (texts) => {
    let path = '';
    for (const segment of segments) {
      const text = fill(segment.pieces, texts);
      if (segment.argument !== '' && leavesItsPlace(text)) return refuse(segment.argument, text);
      path += `/${text}`;
    }
    return query.length === 0 ? path : `${path}?${fill(query, texts)}`;
  };
}

function refuse(argument: string, text: string): Unsendable {
  return unsendable(
    argument,
    text === ''
      ? 'It stands in the path and cannot be empty.'
      : 'It stands in the path and cannot be "." or "..", nor hold ".." between slashes.',
  );
}

function fill(pieces: readonly PathPiece[], texts: PathTexts): string {
  let text = '';
  for (const piece of pieces) text += typeof piece === 'string' ? piece : texts(piece);
  return text;
}

/** Some documents write a query into the template; what stands behind `?` is no segment. */
function split(
  pieces: readonly PathPiece[],
  argumentOf: (position: number) => string,
): { segments: Segment[]; query: PathPiece[] } {
  const rows: PathPiece[][] = [[]];
  const query: PathPiece[] = [];
  let isQuery = false;
  for (const piece of pieces) {
    if (isQuery) query.push(piece);
    else if (typeof piece === 'number') rows.at(-1)?.push(piece);
    else {
      const mark = piece.indexOf('?');
      const [first = '', ...more] = (mark < 0 ? piece : piece.slice(0, mark)).split('/');
      rows.at(-1)?.push(first);
      for (const text of more) rows.push([text]);
      isQuery = mark >= 0;
      if (isQuery && mark + 1 < piece.length) query.push(piece.slice(mark + 1));
    }
  }
  const segments = rows.slice(1).map((row) => {
    const position = row.find((piece) => typeof piece === 'number');
    return { pieces: row, argument: position === undefined ? '' : argumentOf(position) };
  });
  return { segments, query };
}
