/** The verdict on one WSDL. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { loadOfflineSoap, OfflineSoap } from '../../../gateway/src/upstreams/index.ts';
import { readDeclared, toldMissing, type Declared } from './declared.ts';
import { callOf } from './calls.ts';
import { Expectations, type Bound, type Expected } from './expected.ts';
import { isFault, messagesOf, type Message } from './messages.ts';
import { writeSchemas } from './schemas.ts';
import { validate } from './validators.ts';

export interface Judged {
  /**
   * `usable`: every operation has a tool, and its least and its fullest message are valid. `broken`: what
   * fails does so because of what the document itself lacks or says wrong. `nothing`: no operation.
   * `other`: another format.
   */
  readonly verdict: 'usable' | 'MISS' | 'broken' | 'nothing' | 'other';
  readonly operations: number;
  readonly usable: number;
  readonly messages: number;
  readonly faults: readonly string[];
  readonly notes: readonly string[];
  readonly ms: number;
}

/** Why one operation is not usable. */
interface Fault {
  readonly text: string;
  /** Whether it is the document that is wrong. */
  readonly isBroken: boolean;
}

interface Pair {
  readonly expected: Expected;
  readonly operation: OfflineSoap['operations'][number];
  readonly bound: Bound;
}

export function judgeDocument(
  main: { readonly location: string; readonly bytes: Buffer },
  load: (location: string) => Buffer | string,
  open: Awaited<ReturnType<typeof loadOfflineSoap>>,
): Judged {
  const start = performance.now();
  const api = open(main, load);
  if (typeof api === 'string') {
    const ms = performance.now() - start;
    return {
      verdict: /is WSDL 2\.0/.test(api) ? 'other' : 'broken',
      operations: 0,
      usable: 0,
      messages: 0,
      faults: [api],
      notes: [],
      ms,
    };
  }
  const declared = readDeclared(api.documents);
  const expected = new Expectations(api.documents, declared).all();
  const { pairs, lost } = paired(api, expected);
  const { faults: wrong, messages, notes } = judgePairs(api, declared, pairs);
  const faults = [...lost.map((one) => faultOfLost(one, api)), ...wrong];
  const isBroken = faults.length > 0 && faults.every((one) => one.isBroken);
  const failed = faults.length === 0 ? 'usable' : isBroken ? 'broken' : 'MISS';
  return {
    verdict: expected.length === 0 ? 'nothing' : failed,
    operations: expected.length,
    usable: expected.length - faults.length,
    messages,
    faults: faults
      .map(({ text, isBroken: isIts }) => (isIts ? text : `MISSED ${text}`))
      .toSorted((a, b) => Number(b.startsWith('MISSED')) - Number(a.startsWith('MISSED'))),
    notes,
    ms: performance.now() - start,
  };
}

/** Every operation of the document with what was made of it, by its name and where it stands. */
function paired(
  api: OfflineSoap,
  expected: readonly Expected[],
): { readonly pairs: readonly Pair[]; readonly lost: readonly Expected[] } {
  const open = new Set(api.operations);
  const pairs: Pair[] = [];
  const lost: Expected[] = [];
  for (const one of expected) {
    const fits = [...open].flatMap((operation) => {
      const bound = one.bounds.find(({ line }) => line === operation.at.line);
      return operation.title === one.name && bound !== undefined ? [{ operation, bound }] : [];
    });
    const [found] = fits;
    if (found === undefined) lost.push(one);
    else {
      open.delete(found.operation);
      pairs.push({ expected: one, ...found });
    }
  }
  return { pairs, lost };
}

function faultOfLost({ name, bounds }: Expected, api: OfflineSoap): Fault {
  const reason = bounds.map(({ wire }) => wire).find((wire) => typeof wire === 'string');
  const isBroken = bounds.every(({ wire }) => typeof wire === 'string');
  const said = api.skipped.find(({ what }) => what === name)?.why ?? 'it is not listed';
  return { text: `${name}: left out: ${reason ?? said}`, isBroken };
}

function judgePairs(api: OfflineSoap, declared: Declared, pairs: readonly Pair[]) {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-wsdl-'));
  try {
    return new Judge(api, declared, folder).run(pairs);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const CALLS = 'urn:judge:calls';
/** An element that may stand wherever any does that some schema declares. */
const FREE = 'free';

class Judge {
  private readonly api: OfflineSoap;
  private readonly declared: Declared;
  private readonly folder: string;
  private readonly faults = new Map<Pair, Fault>();
  private readonly files = new Map<string, { readonly pair: Pair; readonly what: string }>();
  private readonly calls = [`<xs:element name="${FREE}"/>`];

  constructor(api: OfflineSoap, declared: Declared, folder: string) {
    this.api = api;
    this.declared = declared;
    this.folder = folder;
  }

  run(pairs: readonly Pair[]) {
    for (const [at, pair] of pairs.entries()) this.prepare(pair, at);
    const schema = writeSchemas(
      this.declared,
      { uri: CALLS, inner: this.calls.join('') },
      this.folder,
    );
    const notes = this.validate(schema);
    const absent = [...this.api.documents].filter(([, one]) => typeof one === 'string');
    if (absent.length > 0) notes.push(`not there: ${absent.map(([one]) => one).join(', ')}`);
    const missing = toldMissing(this.declared);
    if (missing !== '') notes.push(`taken for anything, since nothing declares them: ${missing}`);
    return { faults: [...this.faults.values()], messages: this.files.size, notes };
  }

  private prepare(pair: Pair, at: number): void {
    const { operation, bound, expected } = pair;
    const tool = this.api.toolOf(operation);
    const call = this.api.callOf(operation);
    if (typeof tool === 'string' || typeof call === 'string') {
      const why = [tool, call].find((one) => typeof one === 'string');
      return this.fault(pair, `${expected.name}: ${why}`, false);
    }
    // Nothing says what is right: a message that is not judged is not usable.
    if (typeof bound.wire === 'string') {
      return this.fault(pair, `${expected.name}: ${bound.wire}`, true);
    }
    this.calls.push(callOf(`c${at}`, bound.wire));
    for (const message of messagesOf(call, bound.wire, `c${at}`, CALLS)) {
      if (isFault(message)) this.fault(pair, `${expected.name}: ${message.fault}`, false);
      else this.write(pair, message, at);
    }
  }

  private write(pair: Pair, { what, xml }: Message, at: number): void {
    const path = join(this.folder, `m${at}-${what}.xml`);
    writeFileSync(path, xml);
    this.files.set(path, { pair, what });
  }

  /** @returns what is said of the schemas as a whole */
  private validate(schema: string): string[] {
    const said = validate(schema, [...this.files.keys()]);
    const refused = said.filter((one) => one.kind === 'refused');
    const notes = refused.map(({ by, why }) => `${by} refuses the schema: ${why}`);
    const judged = said.find((one) => one.kind === 'judged');
    for (const [path, { pair, what }] of this.files) {
      const name = pair.expected.name;
      if (judged === undefined) {
        const why = refused.map(({ why: text }) => text).join('; ');
        this.fault(pair, `${name}: no validator takes the schema: ${why}`, refused.length > 1);
        continue;
      }
      const why = judged.wrong.get(path);
      if (why !== undefined) this.fault(pair, `${name} (${what}, ${judged.by}): ${why}`, false);
    }
    return notes;
  }

  private fault(pair: Pair, text: string, isBroken: boolean): void {
    const known = this.faults.get(pair);
    if (known === undefined || (known.isBroken && !isBroken)) {
      this.faults.set(pair, { text, isBroken });
    }
  }
}
