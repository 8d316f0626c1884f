/** One of many callers that all use the same ids and tokens, and notice what is not theirs. */
import type { Gateway } from '../../gateway/src/compose/index.ts';
import type { Outlet } from '../../gateway/src/kernel/index.ts';

export const UPSTREAMS = ['modern', 'legacy', 'piped'] as const;
const SCHEMES = { modern: 'http2026-07-28', legacy: 'http', piped: 'stdio' } as const;
const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** What a caller does next, by how often of a hundred times. */
const DEEDS = [
  ['plain', 42],
  ['progress', 20],
  ['fail', 10],
  ['list', 8],
  ['read', 8],
  ['foreign', 6],
  ['cancel', 6],
] as const;
export type Deed = (typeof DEEDS)[number][0];

/** Everything that came back for one request, and what was still to come. */
class Heard implements Outlet {
  text = '';
  status = 0;
  session = '';
  readonly ended = Promise.withResolvers<void>();

  send(status: number, headers: readonly string[], body: Buffer | string): void {
    this.open(status, headers);
    this.end(body);
  }

  open(status: number, headers: readonly string[]): void {
    this.status = status;
    const at = headers.findIndex((name) => name.toLowerCase() === 'mcp-session-id');
    if (at >= 0) this.session = headers[at + 1] ?? '';
  }

  write(chunk: Buffer | string): boolean {
    this.text += chunk.toString();
    return true;
  }

  end(chunk: Buffer | string = ''): void {
    this.text += chunk.toString();
    this.ended.resolve();
  }
}

export class Principal {
  readonly number: number;
  readonly counts = new Map<Deed, number>();
  private readonly gateway: Gateway;
  private readonly credential: string;
  private readonly others: number;
  private session = '';
  private seed: number;
  private asked = 0;
  /** Calls that were given up; nothing of others may come for them either. */
  private readonly left: { readonly heard: Heard; readonly mark: string }[] = [];

  constructor(gateway: Gateway, number: number, credential: string, others: number) {
    this.gateway = gateway;
    this.number = number;
    this.credential = credential;
    this.others = others;
    this.seed = number + 1;
  }

  async begin(): Promise<void> {
    const clientInfo = { name: 'c', version: '1' };
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
    const { heard } = this.post('legacy', 0, 'initialize', params);
    await heard.ended.promise;
    this.session = heard.session;
  }

  /** @throws where anything is heard that is not this caller's, or not all that is */
  async act(): Promise<void> {
    const mark = `P${this.number}-${++this.asked}.`;
    const dialect = this.random(2) === 0 ? 'modern' : 'legacy';
    const upstream = UPSTREAMS[this.random(UPSTREAMS.length)] ?? 'modern';
    const deed = this.choose();
    this.counts.set(deed, (this.counts.get(deed) ?? 0) + 1);
    const text = await this.perform(deed, dialect, upstream, mark);
    const wrong = this.fault(deed, mark, text);
    if (wrong !== '') throw new Error(`${wrong}: ${deed} ${dialect} ${upstream} ${mark} ${text}`);
    this.checkLeft(64);
  }

  end(): void {
    this.checkLeft(0);
  }

  private async perform(
    deed: Deed,
    dialect: 'modern' | 'legacy',
    upstream: (typeof UPSTREAMS)[number],
    mark: string,
  ): Promise<string> {
    const own = { name: `${upstream}__work`, arguments: { mark, how: deed } };
    const id = this.asked % 3;
    switch (deed) {
      case 'list':
        return this.ask(dialect, id, 'tools/list', {});
      case 'read':
        return this.ask(dialect, id, 'resources/read', { uri: `${SCHEMES[upstream]}://${mark}` });
      case 'foreign': {
        const other = (this.number + 1 + this.random(this.others - 1)) % this.others;
        return this.ask(dialect, id, 'tools/call', { ...own, name: `${upstream}__u${other}` });
      }
      case 'cancel':
        return this.giveUp(dialect, { ...own, arguments: { mark, how: 'slow' } }, mark);
      case 'plain': {
        // Half of them by the tool that only this caller has.
        const name = this.random(2) === 0 ? own.name : `${upstream}__u${this.number}`;
        return this.ask(dialect, id, 'tools/call', { ...own, name });
      }
      case 'progress':
      case 'fail':
        return this.ask(dialect, id, 'tools/call', { ...own, _meta: { progressToken: id } });
    }
  }

  private async giveUp(
    dialect: 'modern' | 'legacy',
    params: Readonly<Record<string, unknown>>,
    mark: string,
  ): Promise<string> {
    const id = `c${this.asked}`;
    const { heard, leave } = this.post(dialect, id, 'tools/call', params);
    this.left.push({ heard, mark });
    await new Promise(setImmediate);
    if (dialect === 'modern') leave();
    else await this.ask('legacy', undefined, 'notifications/cancelled', { requestId: id });
    return '';
  }

  private async ask(
    dialect: 'modern' | 'legacy',
    id: number | undefined,
    method: string,
    params: Readonly<Record<string, unknown>>,
  ): Promise<string> {
    for (;;) {
      const { heard } = this.post(dialect, id, method, params);
      await heard.ended.promise;
      if (!heard.text.includes('"upstream_busy"')) return heard.text;
      await new Promise(setImmediate);
    }
  }

  private post(
    dialect: 'modern' | 'legacy',
    id: number | string | undefined,
    method: string,
    params: Readonly<Record<string, unknown>>,
  ): { readonly heard: Heard; readonly leave: () => void } {
    const heard = new Heard();
    const isModern = dialect === 'modern';
    const said = isModern
      ? { ...params, _meta: { ...(params['_meta'] as object), ...META } }
      : params;
    const named = params['name'] ?? params['uri'];
    const headers: Record<string, string> = { authorization: this.credential };
    if (isModern) {
      headers['mcp-protocol-version'] = '2026-07-28';
      headers['mcp-method'] = method;
      if (typeof named === 'string') headers['mcp-name'] = named;
    } else if (this.session !== '') {
      headers['mcp-protocol-version'] = '2025-11-25';
      headers['mcp-session-id'] = this.session;
    }
    const text = JSON.stringify({ jsonrpc: '2.0', id, method, params: said });
    const request = { httpMethod: 'POST', endpoint: 'default', headers } as const;
    const leave = this.gateway.open({ ...request, message: Buffer.from(text) }, heard);
    return { heard, leave };
  }

  /** What is wrong with what came; '' for nothing. */
  private fault(deed: Deed, mark: string, text: string): string {
    const marks = text.match(/P\d+-\d+\./g) ?? [];
    if (marks.some((each) => each !== mark)) return 'of another call';
    const times = marks.length;
    const names = [...text.matchAll(/"name":"(\w+__u\d+)"/g)].map(([, name = '']) => name);
    switch (deed) {
      case 'list': {
        const own = UPSTREAMS.map((each) => `${each}__u${this.number}`);
        return String(names.toSorted()) === String(own.toSorted()) ? '' : 'not the own list';
      }
      case 'foreign':
        return times === 0 && text.includes('item_unknown') ? '' : 'of another caller';
      case 'cancel':
        return '';
      case 'fail':
        return times > 0 && text.includes('"error"') ? '' : 'no error';
      case 'progress':
        return times === 3 ? '' : 'not all of its progress';
      case 'plain':
      case 'read':
        return times > 0 && !text.includes('"error"') ? '' : 'no answer';
    }
  }

  private checkLeft(keep: number): void {
    while (this.left.length > keep) {
      const { heard, mark } = this.left.shift()!;
      const marks = heard.text.match(/P\d+-\d+\./g) ?? [];
      if (marks.some((each) => each !== mark)) throw new Error(`${mark} heard ${heard.text}`);
    }
  }

  private choose(): Deed {
    let at = this.random(100);
    for (const [deed, share] of DEEDS) {
      at -= share;
      if (at < 0) return deed;
    }
    return 'plain';
  }

  /** The same numbers for the same caller. */
  private random(below: number): number {
    this.seed = (Math.imul(this.seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.seed / 2 ** 32) * below);
  }
}
