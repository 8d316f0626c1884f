/** Faults of SOAP 1.1 (section 4.4) and 1.2 (part 1, section 5.4) as failures that say what to change. */
import type { Json } from '../../../kernel/index.ts';
import { quotable } from '../../api/guidance/api-words.ts';
import type { FailureClass, Reply } from '../../api/model.ts';
import { elementsOf, textIn, type XmlElement } from '../xml/element.ts';
import { complaintsIn, type Complaint } from './complaints.ts';
import { detailWords } from './detail.ts';

const MAX_TEXT = 2000;
const MAX_CODES = 5;

export interface FaultContext {
  /** Names that arguments have on the wire. */
  readonly wires: ReadonlySet<string>;
  /** Reads an element of a detail; undefined where the service does not speak of it. */
  readonly declared: (element: XmlElement) => Json | undefined;
}

type Failure = Extract<Reply, { readonly kind: 'failure' }>;

/** @param reply as HTTP has it, whose status counts where it says more */
export function faultReply(
  fault: XmlElement,
  reply: Extract<Reply, { readonly kind: 'answer' | 'failure' }>,
  { wires, declared }: FaultContext,
): Failure {
  const { codes, text, detail } = readFault(fault);
  const code = codes.join(' ');
  const words = detailWords(detail, declared);
  const complaints = complaintsIn(detail, text, wires);
  const http = reply.kind === 'failure' ? reply : undefined;
  const said = [text, words.text === '' ? '' : `Detail: ${words.text}`];
  return {
    kind: 'failure',
    class: OF_HTTP.find((one) => one === http?.class) ?? classOf(codes, text, words, complaints),
    status: `${reply.status} with the SOAP fault ${code || 'without a code'}`,
    body: { kind: 'text', text: said.filter(Boolean).join(' '), mimeType: 'text/plain' },
    complaints,
    retryAfterMs: http?.retryAfterMs ?? -1,
    authHint: http?.authHint ?? '',
  };
}

/** What a status of HTTP says more plainly than any code of a fault. */
const OF_HTTP: readonly FailureClass[] = ['unauthenticated', 'forbidden', 'rate_limited'];

interface Read {
  /** From the general one to the particular ones, without prefixes. */
  readonly codes: readonly string[];
  readonly text: string;
  readonly detail: XmlElement | undefined;
}

/** Either form, whatever the version of the envelope. */
function readFault(fault: XmlElement): Read {
  const code = named(fault, 'Code');
  if (code === undefined) {
    const old = named(fault, 'faultcode');
    return {
      codes: old === undefined ? [] : [bare(textIn(old))],
      text: plain(named(fault, 'faultstring')),
      detail: named(fault, 'detail'),
    };
  }
  const codes: string[] = [];
  for (let at: XmlElement | undefined = code; at !== undefined; at = named(at, 'Subcode')) {
    const value = named(at, 'Value');
    if (value !== undefined) codes.push(bare(textIn(value)));
    if (codes.length >= MAX_CODES) break;
  }
  const reason = named(fault, 'Reason');
  const texts =
    reason === undefined ? [] : elementsOf(reason).filter((one) => one.local === 'Text');
  const english = texts.find((one) => one.attributes.some(({ value }) => /^en\b/.test(value)));
  return { codes, text: plain(english ?? texts[0]), detail: named(fault, 'Detail') };
}

function named(element: XmlElement, local: string): XmlElement | undefined {
  return elementsOf(element).find((one) => one.local === local);
}

function bare(code: string): string {
  return code
    .trim()
    .replace(/^[^:]*:/, '')
    .slice(0, 100);
}

function plain(element: XmlElement | undefined): string {
  return element === undefined ? '' : quotable(textIn(element).trim(), MAX_TEXT);
}

const SIGN_IN =
  /FailedAuthentication|InvalidSecurity|FailedCheck|SecurityTokenUnavailable|InvalidSession|Unauthenticated|\.Authentication/i;

function classOf(
  codes: readonly string[],
  text: string,
  { isDeclared }: { readonly isDeclared: boolean },
  complaints: readonly Complaint[],
): FailureClass {
  const all = codes.join(' ');
  if (SIGN_IN.test(all)) return 'unauthenticated';
  if (/AccessDenied|Forbidden|Unauthori[sz]ed|InsufficientAccess/i.test(all)) return 'forbidden';
  if (/VersionMismatch|MustUnderstand|DataEncodingUnknown|ActionNotSupported/i.test(all)) {
    return 'unsupported';
  }
  if (complaints.length > 0 || /\b(?:Client|Sender)\b/i.test(all)) return 'invalid';
  // Many servers blame themselves where they refuse a call as their description says.
  if (isDeclared) return 'other';
  if (/\b(?:Server|Receiver)\b/i.test(all)) return 'server_error';
  return /not (?:be )?valid|invalid|required|missing|must be/i.test(text) ? 'invalid' : 'other';
}
