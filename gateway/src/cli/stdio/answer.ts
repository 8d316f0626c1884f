/** What the gateway says to one request of the client. */
import { ROOT, scanJson, type JsonView } from '../../kernel/index.ts';

export interface Said {
  /** It answers a request; otherwise it is a notification, or a request of the gateway. */
  readonly isAnswer: boolean;
  readonly rawId: string;
  readonly errorCode: string;
  readonly reason: string;
  readonly rawError: string;
}

/** Undefined where the text is no JSON-RPC message. */
export function readSaid(text: string): Said | undefined {
  const view = scanJson(Buffer.from(text), { maxDepth: 512, recordDepth: 3 });
  if ('fault' in view) return undefined;
  if (view.kind(ROOT) === 'array') return { ...NOTHING, isAnswer: true };
  const isAnswer = view.member(ROOT, 'method') < 0;
  return isAnswer ? readAnswer(view) : NOTHING;
}

const NOTHING: Said = { isAnswer: false, rawId: '', errorCode: '', reason: '', rawError: '' };

function readAnswer(view: JsonView): Said {
  const error = view.member(ROOT, 'error');
  return {
    isAnswer: true,
    rawId: view.raw(view.member(ROOT, 'id')),
    errorCode: view.raw(view.member(error, 'code')),
    reason: view.string(view.member(view.member(error, 'data'), 'reason')) ?? '',
    rawError: view.raw(error),
  };
}
