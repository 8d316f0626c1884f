/** Faults of SOAP 1.1 and 1.2 as failures that say what to change. */
import type { Json } from '../../../kernel/index.ts';
import type { FailureClass, Reply } from '../../api/model.ts';
import { childNamed, childrenNamed, elementsOf, textIn, type XmlElement } from '../xml/element.ts';
import { freeValue } from './reader.ts';

const MAX_TEXT = 2000;
const MAX_COMPLAINTS = 10;

/** @param wires names that arguments have on the wire */
export function faultReply(
  fault: XmlElement,
  status: string,
  wires: ReadonlySet<string>,
): Extract<Reply, { readonly kind: 'failure' }> {
  const { codes, text, detail } = fault.uri.endsWith('/envelope/')
    ? readOld(fault)
    : readNew(fault);
  const value: Json = detail === undefined ? null : freeValue(detail);
  const code = codes.join(' ');
  return {
    kind: 'failure',
    class: classOf(codes, text),
    status: `${status} with the SOAP fault ${code || 'without a code'}`,
    body: {
      kind: 'json',
      value: {
        fault: code,
        message: text,
        ...(value === null || value === '' ? {} : { detail: value }),
      },
    },
    complaints: complaintsIn(detail, text, wires),
    retryAfterMs: -1,
    authHint: '',
  };
}

interface Read {
  readonly codes: readonly string[];
  readonly text: string;
  readonly detail: XmlElement | undefined;
}

function readOld(fault: XmlElement): Read {
  const named = (local: string): XmlElement | undefined =>
    elementsOf(fault).find((one) => one.local === local);
  const code = named('faultcode');
  return {
    codes: code === undefined ? [] : [bare(textIn(code))],
    text: plain(named('faultstring')),
    detail: named('detail'),
  };
}

/** SOAP 1.2 part 1, section 5.4. */
function readNew(fault: XmlElement): Read {
  const { uri } = fault;
  const codes: string[] = [];
  let at = childNamed(fault, uri, 'Code');
  for (let depth = 0; at !== undefined && depth < 5; depth++) {
    const value = childNamed(at, uri, 'Value');
    if (value !== undefined) codes.push(bare(textIn(value)));
    at = childNamed(at, uri, 'Subcode');
  }
  const reason = childNamed(fault, uri, 'Reason');
  const texts = reason === undefined ? [] : childrenNamed(reason, uri, 'Text');
  const english = texts.find((one) => one.attributes.some(({ value }) => value.startsWith('en')));
  return { codes, text: plain(english ?? texts[0]), detail: childNamed(fault, uri, 'Detail') };
}

function bare(code: string): string {
  return code
    .trim()
    .replace(/^[^:]*:/, '')
    .slice(0, 100);
}

function plain(element: XmlElement | undefined): string {
  return element === undefined ? '' : textIn(element).trim().slice(0, MAX_TEXT);
}

function classOf(codes: readonly string[], text: string): FailureClass {
  const all = codes.join(' ');
  if (
    /FailedAuthentication|InvalidSecurity|FailedCheck|SecurityTokenUnavailable|InvalidSession|Unauthenticated/i.test(
      all,
    )
  ) {
    return 'unauthenticated';
  }
  if (/AccessDenied|Forbidden|Unauthori[sz]ed|InsufficientAccess/i.test(all)) return 'forbidden';
  if (/VersionMismatch|MustUnderstand|DataEncodingUnknown|ActionNotSupported/i.test(all))
    return 'unsupported';
  if (/\bClient\b|^Sender\b|^Client\./i.test(all)) return 'invalid';
  if (/\bServer\b|^Receiver\b/i.test(all)) return 'server_error';
  return /not (?:be )?valid|invalid|required|missing|must be/i.test(text) ? 'invalid' : 'other';
}

/** What it says of single arguments: an element of the detail named like one, or one's name in the text. */
function complaintsIn(
  detail: XmlElement | undefined,
  text: string,
  wires: ReadonlySet<string>,
): readonly { readonly wire: string; readonly text: string }[] {
  const found: { wire: string; text: string }[] = [];
  const open = detail === undefined ? [] : [...elementsOf(detail)];
  for (let one = open.shift(); one !== undefined; one = open.shift()) {
    const children = elementsOf(one);
    const said = children.length === 0 ? textIn(one).trim() : '';
    if (said !== '' && wires.has(one.local))
      found.push({ wire: one.local, text: said.slice(0, 300) });
    const [name] = children.filter(
      (child) => wires.has(textIn(child).trim()) && elementsOf(child).length === 0,
    );
    const other = children.find((child) => child !== name && textIn(child).trim() !== '');
    if (name !== undefined && other !== undefined) {
      found.push({ wire: textIn(name).trim(), text: textIn(other).trim().slice(0, 300) });
    } else open.push(...children);
    if (found.length >= MAX_COMPLAINTS || open.length > 1000) break;
  }
  if (found.length > 0 || text === '') return found;
  const named = [...wires].filter(
    (wire) => wire.length > 2 && new RegExp(`(?<![\\w])${escape(wire)}(?![\\w])`).test(text),
  );
  return named.length === 1 ? named.map((wire) => ({ wire, text: text.slice(0, 300) })) : [];
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
