/** What calls of one operation send, as documents that can be validated. */
import type { OfflineSoap } from '../../../gateway/src/upstreams/index.ts';
import { sampleOf, type Extent } from './sample.ts';
import type { Wire } from './expected.ts';

type Call = Exclude<ReturnType<OfflineSoap['callOf']>, string>;

export interface Message {
  readonly what: string;
  readonly xml: string;
}

export interface MessageFault {
  readonly fault: string;
}

const EXTENTS: readonly Extent[] = ['least', 'full'];
/** As often as somebody would who reads what is wrong. */
const MAX_CORRECTIONS = 60;

export function isFault(one: Message | MessageFault): one is MessageFault {
  return 'fault' in one;
}

/**
 * With the least arguments and with as many as there can be, the body and the header of each.
 * @param name of the element that is put around what stands in the body; that of a header ends in `h`
 */
export function messagesOf(
  call: Call,
  wire: Wire,
  name: string,
  uri: string,
): readonly (Message | MessageFault)[] {
  return EXTENTS.flatMap((extent): readonly (Message | MessageFault)[] => {
    const made = written(call, extent);
    if ('fault' in made) return [made];
    const inner =
      wire.style === 'rpc' ? unwrapped(made.body, wire) : { xml: made.body, declarations: '' };
    if ('fault' in inner) return [inner];
    const body = { what: extent, xml: around(name, uri, inner) };
    if (made.headers === '') return [body];
    const header = around(`${name}h`, uri, { xml: made.headers, declarations: '' });
    return [body, { what: `${extent}-header`, xml: header }];
  });
}

function around(name: string, uri: string, { xml, declarations }: Inner): string {
  return `<j:${name} xmlns:j="${uri}"${declarations}>${xml}</j:${name}>`;
}

/** What a schema cannot say (one or the other of two) is corrected by what the refusal says. */
function written(
  call: Call,
  extent: Extent,
): { readonly body: string; readonly headers: string } | MessageFault {
  const values = sampleOf(call.input, extent);
  for (let turn = 0; ; turn++) {
    const made = call.write(values);
    if (!('fault' in made)) return made;
    const isMore = extent === 'full' && /cannot be given beside/.test(made.fault);
    if (!isMore || turn >= MAX_CORRECTIONS || !taken(values, made.fault)) {
      return { fault: `${extent}: ${made.fault}` };
    }
  }
}

/** Takes what a refusal speaks of out of the values; a path may leave out which of a list it means. */
function taken(values: object, fault: string): boolean {
  const path = fault.slice(0, fault.indexOf(': '));
  const steps = path.split(/[.[\]]+/).filter((one) => one !== '');
  const last = steps.pop();
  let open: readonly unknown[] = [values];
  for (const step of steps) {
    open = open.flatMap((at) => {
      if (Array.isArray(at) && !/^\d+$/.test(step)) {
        return at.map((one) => memberOf(one, step));
      }
      return [memberOf(at, step)];
    });
  }
  let count = 0;
  for (const one of open.flat()) {
    if (last === undefined || memberOf(one, last) === undefined) continue;
    if (typeof one === 'object' && one !== null && Reflect.deleteProperty(one, last)) count++;
  }
  return count > 0;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

interface Inner {
  readonly xml: string;
  /** Of prefixes that are used in it. */
  readonly declarations: string;
}

/** Of rpc what is inside of the element that is named like the call. */
function unwrapped(body: string, { uri }: Wire): Inner | MessageFault {
  const [, start = '', name = '', attributes = ''] =
    /^(<([^\s/>]+)((?:\s[^>]*)?)>)/.exec(body) ?? [];
  if (start === '') return { fault: 'it is not one element that is named like the call' };
  const declared = [...attributes.matchAll(/ xmlns:([\w-]+)="([^"]*)"/g)];
  const prefix = name.includes(':') ? name.split(':')[0] : undefined;
  const own = declared.find(([, one]) => one === prefix)?.[2] ?? '';
  if (own !== uri) return { fault: `the element around its parts is in "${own}", not in "${uri}"` };
  const declarations = declared.map(([one]) => one).join('');
  if (start.endsWith('/>')) return { xml: '', declarations };
  return { xml: body.slice(start.length, body.lastIndexOf('</')), declarations };
}
