import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { XmlElement } from './element.ts';
import { ANSWER_LIMITS, isXmlFault, parseXml } from './parse.ts';
import { Scope } from './scope.ts';
import { isXmlText, writeTree } from './write.ts';

function parsed(text: string): XmlElement {
  const read = parseXml(text, ANSWER_LIMITS);
  if (isXmlFault(read)) throw new Error(read.text);
  return read;
}

test.each<[string, string, string]>([
  [
    'one namespace is said once',
    '<p:a xmlns:p="urn:p" xmlns:q="urn:q"><p:b/>x<p:c>&lt;</p:c></p:a>',
    '<a xmlns="urn:p"><b/>x<c>&lt;</c></a>',
  ],
  [
    'others where they begin',
    '<a xmlns="urn:a"><b xmlns="urn:b"><c xmlns="urn:a"/></b><d xmlns=""/></a>',
    '<a xmlns="urn:a"><b xmlns="urn:b"><c xmlns="urn:a"/></b><d xmlns=""/></a>',
  ],
  [
    'prefixes that values speak of',
    '<a xmlns:t="urn:t" xmlns:i="urn:i" i:type="t:T"><b>t:x</b><c>u:x</c></a>',
    '<a xmlns="" xmlns:t="urn:t" xmlns:a0="urn:i" a0:type="t:T"><b>t:x</b><c>u:x</c></a>',
  ],
  [
    'a prefix like those of attributes',
    '<a xmlns:a0="urn:t" xmlns:i="urn:i" i:type="a0:T"/>',
    '<a xmlns="" xmlns:a0="urn:t" xmlns:a1="urn:i" a1:type="a0:T"/>',
  ],
  ['the prefix of XML itself', '<a xml:lang="en"/>', '<a xmlns="" xml:lang="en"/>'],
])('%s', (_what, text, written) => expect(writeTree(parsed(text))).toBe(written));

test.each([
  ['a prefix that is not declared', '<p:a/>', /prefix "p" is not declared/],
  ['an attribute whose prefix is not declared', '<a p:b=""/>', /prefix "p" is not declared/],
  ['a name with two colons', '<a:b:c xmlns:a="u"/>', /malformed name/],
  ['a name that is only a prefix', '<a: xmlns:a="u"/>', /malformed name/],
  ['one attribute by two prefixes', '<a xmlns:p="u" xmlns:q="u" p:b="" q:b=""/>', /"b" twice/],
  ['one attribute twice', '<a b="" b=""/>', /duplicate/],
  ['a prefix that is taken back', '<a xmlns:p=""/>', /without a namespace/],
  ['the prefix of XML for something else', '<a xmlns:xml="u"/>', /must keep its namespace/],
  ['another prefix for XML', '<a xmlns:x="http://www.w3.org/XML/1998/namespace"/>', /must keep/],
  ['the prefix of declarations', '<a xmlns:xmlns="u"/>', /must not be declared/],
])('%s is refused', (_what, text, why) => {
  const read = parseXml(text, { ...ANSWER_LIMITS, takesLoosePrefixes: false });
  expect(isXmlFault(read) ? read.text : 'taken').toMatch(why);
});

const scope = new Scope(new Map(), undefined);
const name = fc.constantFrom('a', 'b', 'c');
const uri = fc.constantFrom('', 'urn:a', 'urn:b');
const text = fc.string({ unit: 'binary', minLength: 1 }).filter(isXmlText);
const attributes = fc.uniqueArray(fc.record({ local: name, uri, value: text }), {
  selector: (one) => one.local + one.uri,
  maxLength: 3,
});
const trees = fc.letrec<{ element: XmlElement; child: XmlElement | string }>((tie) => ({
  element: fc
    .record({ local: name, uri, attributes, children: fc.array(tie('child'), { maxLength: 3 }) })
    .map((one) => ({ ...one, scope, line: 1 })),
  child: fc.oneof({ maxDepth: 4 }, text, tie('element')),
})).element;

/** Without what the place in a text decides; texts side by side are one. */
function plain({ local, uri: space, attributes: all, children }: XmlElement): unknown {
  const joined: unknown[] = [];
  for (const child of children) {
    const last = joined.at(-1);
    if (typeof child !== 'string') joined.push(plain(child));
    else if (typeof last === 'string') joined[joined.length - 1] = last + child;
    else joined.push(child);
  }
  return { local, uri: space, attributes: all, children: joined };
}

test('trees come back as they were written', () => {
  fc.assert(
    fc.property(trees, (tree) => {
      expect(plain(parsed(writeTree(tree)))).toEqual(plain(tree));
    }),
    { numRuns: 500 },
  );
});
