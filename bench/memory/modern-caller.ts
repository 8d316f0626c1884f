import { modernHeaders } from '../messages.ts';
import { inTurn, post } from './requests.ts';

const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
};
const TOOL = 'bench__book';
const AT_ONCE = 16;
const ARGUMENT_BYTES = 300;

/** A call whose caller has been asked something. */
interface Parked {
  readonly note: string;
  readonly state: string;
  readonly keys: readonly string[];
}

interface Result {
  readonly resultType?: string;
  readonly inputRequests?: Readonly<Record<string, unknown>>;
  readonly requestState?: string;
}

/**
 * A client of 2026-07-28 that leaves questions open and answers them later, each request on a
 * connection of its own.
 */
export class ModernCaller {
  private readonly url: string;
  private lastId = 0;
  private parked: Parked[] = [];

  constructor(port: number) {
    this.url = `http://127.0.0.1:${port}/mcp`;
  }

  /** Calls until so many questions are open. Throws where a call is not answered with one. */
  async park(count: number): Promise<void> {
    await inTurn(count, AT_ONCE, async () => {
      const note = `${++this.lastId} `.padEnd(ARGUMENT_BYTES - '{"note":""}'.length, 'A table. ');
      const { requestState = '', inputRequests = {} } = await this.call({ note }, {});
      const keys = Object.keys(inputRequests);
      if (requestState === '' || keys.length === 0) throw new Error('a call asked nothing');
      this.parked.push({ note, state: requestState, keys });
    });
  }

  /** Answers all questions. Throws where a call does not end then. */
  async answer(): Promise<void> {
    const { parked } = this;
    this.parked = [];
    await inTurn(parked.length, AT_ONCE, async (at) => {
      const { note = '', state = '', keys = [] } = parked[at] ?? {};
      const said = { action: 'accept', content: { hour: 19 } };
      const inputResponses = Object.fromEntries(keys.map((key) => [key, said]));
      const result = await this.call({ note }, { inputResponses, requestState: state });
      if (result.resultType !== 'complete') throw new Error('an answered call did not end');
    });
  }

  private async call(args: object, more: object): Promise<Result> {
    const params = { name: TOOL, arguments: args, ...more, _meta: ENVELOPE };
    const id = ++this.lastId;
    const body = JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params });
    const headers = modernHeaders('tools/call', TOOL);
    const { status, text } = await post(this.url, false, headers, body);
    const message = readMessage(text);
    if (status !== 200 || message === undefined)
      throw new Error(`${status}: ${text.slice(0, 300)}`);
    return message;
  }
}

/** The result in an answer that is JSON or a stream. */
function readMessage(text: string): Result | undefined {
  const data = text.split('\n').findLast((line) => line.startsWith('data:'));
  const message: { readonly result?: Result } = JSON.parse(data?.slice('data:'.length) ?? text);
  return message.result;
}
