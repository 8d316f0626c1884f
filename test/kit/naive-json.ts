/** JSON read in the plainest way, to hold the scanner to. */
import fc from 'fast-check';

/** A value with its place in the text. */
export interface NaiveValue {
  /** The decoded key where it is a member; undefined for elements and the root. */
  readonly key: string | undefined;
  readonly start: number;
  readonly end: number;
  readonly children: readonly NaiveValue[];
}

interface Token {
  readonly text: string;
  readonly start: number;
}

/** The tree of a text that `JSON.parse` accepts; offsets are those of the string. */
export function naiveTree(json: string): NaiveValue {
  const tokens: Token[] = [...json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g)].map(
    (match) => ({ text: match[0], start: match.index }),
  );
  let at = 0;
  const take = (): Token => tokens[at++] ?? { text: '', start: json.length };
  const value = (key: string | undefined): NaiveValue => {
    const first = take();
    const children: NaiveValue[] = [];
    if (first.text !== '{' && first.text !== '[') {
      return { key, start: first.start, end: first.start + first.text.length, children };
    }
    while (tokens[at]?.text !== '}' && tokens[at]?.text !== ']') {
      if (tokens[at]?.text === ',') at++;
      const name = first.text === '{' ? String(JSON.parse(take().text)) : undefined;
      if (first.text === '{') at++;
      children.push(value(name));
    }
    return { key, start: first.start, end: take().start + 1, children };
  };
  return value(undefined);
}

/** Whether any object of the tree has a key twice. */
export function hasDuplicate({ children }: NaiveValue): boolean {
  const keys = children.map(({ key }) => key).filter((key) => key !== undefined);
  return new Set(keys).size < keys.length || children.some(hasDuplicate);
}

const space = fc.string({ unit: fc.constantFrom(' ', '\n', '\t', '\r'), maxLength: 2 });
const character = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('a', 'b', 'x', ' ', '_', '/', '{', ']', ',', ':', '0') },
  { weight: 2, arbitrary: fc.constantFrom('é', '\u2028', '€', '🙂', '\u007f') },
  { weight: 2, arbitrary: fc.constantFrom('\\"', '\\\\', '\\/', '\\n', '\\u0061', '\\uD83D') },
);
const stringText = fc
  .oneof(
    { weight: 4, arbitrary: fc.string({ unit: character, maxLength: 6 }) },
    { weight: 1, arbitrary: fc.string({ unit: character, minLength: 15, maxLength: 70 }) },
  )
  .map((inside) => `"${inside}"`);
const numberText = fc.constantFrom('0', '-0', '7', '1.50', '-1e400', '9007199254740993', '2E-3');
const wordText = fc.constantFrom('true', 'false', 'null');

/** Valid JSON texts with white space and every kind of escape; keys may come twice. */
export const jsonText: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => {
  const list = (open: string, close: string, one: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc
      .tuple(fc.array(one, { maxLength: 5 }), space)
      .map(([all, gap]) => `${open}${gap}${all.join(',')}${close}`);
  const spaced = fc.tuple(space, tie('value'), space).map((parts) => parts.join(''));
  const member = fc
    .tuple(space, stringText, space, spaced)
    .map(([before, key, behind, value]) => `${before}${key}${behind}:${value}`);
  return {
    value: fc.oneof(
      { maxDepth: 5, depthSize: 'small' },
      stringText,
      numberText,
      wordText,
      list('[', ']', spaced),
      list('{', '}', member),
    ),
  };
}).value;
