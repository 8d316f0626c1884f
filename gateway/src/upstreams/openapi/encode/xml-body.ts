/** XML bodies by the `xml` hints of a schema, which stand in the plan as a list of nodes. */
import { itemsOf, membersOf, wordOf } from './scalars.ts';
import { isJsonArray, isJsonObject, type Json, ownMember } from '../../../kernel/index.ts';
import type { XmlNode } from './plan-data.ts';

/** What is written for a value without hints. */
const PLAIN: XmlNode = {
  kind: 'value',
  name: '',
  prefix: '',
  namespace: '',
  place: 'element',
  isWrapped: false,
  properties: {},
  items: -1,
};

/** @param nodes the first is the root; [] for a text that is sent as it is */
export function compileXml(nodes: readonly XmlNode[]): (value: Json) => string {
  const root = nodes[0];
  if (root === undefined) return wordOf;
  const nodeAt = (at: number | undefined, name: string): XmlNode => {
    const node = at === undefined ? undefined : nodes[at];
    if (node === undefined) return { ...PLAIN, name };
    return node.name === '' ? { ...node, name } : node;
  };
  const write = (node: XmlNode, value: Json): string => {
    if (isJsonArray(value)) return writeList(node, value);
    const tag = tagOf(node);
    if (!isJsonObject(value))
      return `<${tag}${namespaceOf(node)}>${escapeText(wordOf(value))}</${tag}>`;
    let attributes = namespaceOf(node);
    let content = '';
    for (const [name, member] of membersOf(value)) {
      const at = ownMember(node.properties, name);
      const child = nodeAt(typeof at === 'number' ? at : undefined, name);
      if (child.place === 'attribute') {
        attributes += `${prefixNamespace(child)} ${tagOf(child)}="${escapeAttribute(attributeText(member))}"`;
      } else if (child.place === 'text') content += escapeText(wordOf(member));
      else content += write(child, member);
    }
    return `<${tag}${attributes}>${content}</${tag}>`;
  };
  const writeList = (node: XmlNode, list: readonly Json[]): string => {
    const item = nodeAt(node.items < 0 ? undefined : node.items, node.name);
    const named = node.items >= 0 && item.name !== '' ? item : { ...item, name: node.name };
    const content = itemsOf(list)
      .map((one) => write(named, one))
      .join('');
    if (!node.isWrapped) return content;
    const tag = tagOf(node);
    return `<${tag}${namespaceOf(node)}>${content}</${tag}>`;
  };
  return (value) => {
    if (typeof value === 'string') return value;
    const isBareList = isJsonArray(value) && !root.isWrapped;
    const body = isBareList ? write({ ...root, isWrapped: true }, value) : write(root, value);
    return `<?xml version="1.0" encoding="UTF-8"?>${body}`;
  };
}

function attributeText(value: Json): string {
  return isJsonArray(value) ? itemsOf(value).map(wordOf).join(' ') : wordOf(value);
}

function tagOf(node: XmlNode): string {
  const name = xmlName(node.name);
  return node.prefix === '' ? name : `${xmlName(node.prefix)}:${name}`;
}

function namespaceOf(node: XmlNode): string {
  if (node.namespace === '') return '';
  if (node.prefix !== '') return prefixNamespace(node);
  return ` xmlns="${escapeAttribute(node.namespace)}"`;
}

/** An attribute without a prefix belongs to no namespace. */
function prefixNamespace(node: XmlNode): string {
  if (node.prefix === '' || node.namespace === '') return '';
  return ` xmlns:${xmlName(node.prefix)}="${escapeAttribute(node.namespace)}"`;
}

/** A name that came with a value can hold anything; markup is never made of it. */
function xmlName(name: string): string {
  const clean = name.replace(/[^\p{L}\p{N}_.-]/gu, '_');
  return /^[\p{L}_]/u.test(clean) ? clean : `_${clean}`;
}

/** Characters that XML 1.0 (section 2.2) does not know are left out. */
function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}

function escapeAttribute(text: string): string {
  return escapeText(text)
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\t', '&#9;');
}
