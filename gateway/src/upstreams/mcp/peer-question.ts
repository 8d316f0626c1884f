/** What a legacy server asks as a JSON-RPC request, and the answer it gets. */
import type { Answer, QuestionMethod } from '../../kernel/index.ts';
import type { Incoming } from './message.ts';

const CANCELLED = '"result":{"action":"cancel"}';
const NOT_SAMPLED = '"error":{"code":-1,"message":"The sampling request was not answered."}';
const NO_ROOTS = '"error":{"code":-32601,"message":"The client has no roots."}';
const UNKNOWN = '"error":{"code":-32601,"message":"The client does not know this method."}';

export const NO_ANSWER: Answer = { kind: 'none' };

/** The method where it is a question for a caller. */
export function questionMethod(method: string): QuestionMethod | undefined {
  return method === 'elicitation/create' ||
    method === 'sampling/createMessage' ||
    method === 'roots/list'
    ? method
    : undefined;
}

/** The answer to a request that is no question for a caller: `ping`, and methods nobody knows. */
export function answerHere({ rawId, method }: Incoming): Buffer {
  return response(rawId, method === 'ping' ? '"result":{}' : UNKNOWN);
}

/** One question; it is answered once, further answers are dropped. */
export class PeerQuestion {
  readonly method: QuestionMethod;
  /** JSON text of its `params` object; '' where it has none. */
  readonly params: string;
  private readonly rawId: string;
  private readonly send: (bytes: Buffer, answer: Answer) => void;
  private isAnswered = false;

  /** @param send takes the JSON-RPC response, and the answer that it holds */
  constructor(
    { rawId, view, value }: Incoming,
    method: QuestionMethod,
    send: (bytes: Buffer, answer: Answer) => void,
  ) {
    this.method = method;
    this.params = view.raw(value);
    this.rawId = rawId;
    this.send = send;
  }

  answer(answer: Answer): void {
    if (this.isAnswered) return;
    this.isAnswered = true;
    this.send(response(this.rawId, this.outcome(answer)), answer);
  }

  private outcome(answer: Answer): string {
    if (answer.kind === 'result') return `"result":${answer.result}`;
    return answer.kind === 'error' ? `"error":${answer.error}` : nobodyAnswered(this.method);
  }
}

/** An elicitation can be cancelled; for the others there is only an error. */
function nobodyAnswered(method: QuestionMethod): string {
  if (method === 'elicitation/create') return CANCELLED;
  return method === 'roots/list' ? NO_ROOTS : NOT_SAMPLED;
}

function response(rawId: string, outcome: string): Buffer {
  return Buffer.from(`{"jsonrpc":"2.0","id":${rawId},${outcome}}`);
}
