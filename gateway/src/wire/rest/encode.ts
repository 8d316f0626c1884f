/** The way out of the REST facade: bodies, problems, events and the description. */
import {
  ROOT,
  Refusal,
  scanJson,
  type AnswerMessage,
  type Exchange,
  type OutHeaders,
  type Terminal,
} from '../../kernel/index.ts';
import { resultTypeOf, unknownResult, type Encode, type Encoded } from '../dialect.ts';
import { frameNamed } from '../sse.ts';
import { answerForm } from './accept.ts';
import { corsHeaders, optionsHeaders } from './cors.ts';
import { restEvent } from './events.ts';
import { Descriptions } from './descriptions.ts';
import {
  errorProblem,
  questionProblem,
  refusalProblem,
  toolProblem,
  type Given,
  type Problem,
} from './problem.ts';
import { jsonResult, resultBody, textOf } from './result.ts';

/** What the facade has to know of its own gateway. */
export interface RestSettings {
  /** Origins of `server.allowedOrigins`, as browsers write them. */
  readonly origins: ReadonlySet<string>;
  /** `server.publicUrl` without a slash at its end; '' where none is set. */
  readonly publicUrl: string;
  readonly version: string;
}

const NO_STORE: OutHeaders = ['cache-control', 'no-store', 'x-content-type-options', 'nosniff'];
const PROBLEM: OutHeaders = ['content-type', 'application/problem+json', ...NO_STORE];
const STREAM: OutHeaders = [
  'content-type',
  'text/event-stream',
  'x-accel-buffering',
  'no',
  ...NO_STORE,
];

export function createRestEncode(settings: RestSettings): Encode {
  const descriptions = new Descriptions(settings);
  const withCors = (x: Exchange, { headers, ...rest }: Encoded): Encoded => ({
    ...rest,
    headers: [...headers, ...corsHeaders(x, settings.origins)],
  });
  return {
    settle: (x, message) =>
      message.kind === 'result' || message.kind === 'error'
        ? (refuseAnswer(x, message) ?? message)
        : message,
    streamHead: (x) => withCors(x, { status: 200, headers: STREAM, body: '' }),
    event: (x, message) => (answerForm(x.head) === 'stream' ? restEvent(message) : ''),
    answer: (x, message) => {
      if (isOptions(x, message)) {
        return { status: 204, headers: optionsHeaders(x, settings.origins), body: '' };
      }
      if (message.kind === 'local' && x.call?.method === 'tools/list') {
        return withCors(x, descriptions.answer(x, message.result));
      }
      return withCors(x, wholeAnswer(x, message));
    },
    lastEvent: (x, message) => {
      const { given, problem } = read(x, message);
      if (problem !== undefined) return frameNamed('problem', problem.text);
      return given === undefined ? '' : frameNamed('result', jsonResult(given).toString('utf8'));
    },
  };
}

/** OPTIONS asks what an address takes: the refusal of this method is the answer. */
function isOptions(x: Exchange, message: Terminal): boolean {
  return (
    message.kind === 'refusal' &&
    message.reason === 'http_method_not_allowed' &&
    x.head.httpMethod === 'OPTIONS'
  );
}

function wholeAnswer(x: Exchange, message: Terminal): Encoded {
  const { given, problem } = read(x, message);
  if (problem !== undefined) {
    const { status, text, headers } = problem;
    return { status, headers: [...PROBLEM, ...headers], body: text };
  }
  if (given === undefined) return { status: 204, headers: NO_STORE, body: '' };
  const form = answerForm(x.head);
  if (form === 'stream') {
    const body = frameNamed('result', jsonResult(given).toString('utf8'));
    return { status: 200, headers: STREAM, body };
  }
  const { headers, body } = resultBody(x.head, given, form);
  return { status: 200, headers: [...headers, ...NO_STORE], body };
}

/** What a terminal message comes to: a result, a problem, or nothing to say. */
interface Reading {
  readonly given?: Given;
  readonly problem?: Problem;
}

function read(x: Exchange, message: Terminal): Reading {
  switch (message.kind) {
    case 'refusal':
      return { problem: refusalProblem(x, message) };
    case 'error':
      return { problem: errorProblem(x, message) };
    case 'result':
      return message.era === 'modern' && resultTypeOf(message) === 'input_required'
        ? { problem: questionProblem(x, message) }
        : readResult(x, message);
    case 'local': {
      const own = ownResult(message.result);
      return message.isQuestion === true
        ? { problem: questionProblem(x, own) }
        : readResult(x, own);
    }
    case 'accepted':
    case 'answers':
    case 'ended':
      return {};
  }
}

function readResult(x: Exchange, given: Given): Reading {
  const { view, value } = given;
  return view.isWritten(view.member(value, 'isError'), 'true')
    ? { problem: toolProblem(x, given, textOf(given)) }
    : { given };
}

/** Results made by the gateway are as deep as what an upstream or its caller put into them. */
const OWN_LIMITS = { maxDepth: 256, recordDepth: 3 };

function ownResult(result: string): Given {
  const view = scanJson(Buffer.from(result), OWN_LIMITS);
  if ('fault' in view) throw new Error(`a result of our own is no JSON: ${view.fault}`);
  return { view, value: ROOT, edits: [] };
}

/** Codes that speak of the hop between us and the upstream, or of questions that cannot be asked. */
const HOP_ERRORS: ReadonlySet<string> = new Set(['-32020', '-32022']);
const CAPABILITY_MISSING = '-32021';
const URL_ELICITATION_REQUIRED = '-32042';

function refuseAnswer(x: Exchange, message: AnswerMessage): Refusal | undefined {
  const { view, value, kind, era } = message;
  if (view.kind(value) !== 'object') {
    return new Refusal('upstream_invalid', { text: `Its ${kind} is not an object.` });
  }
  if (kind === 'error') return refuseError(message);
  const type = era === 'legacy' ? 'complete' : resultTypeOf(message);
  return type === 'complete' || type === 'input_required' ? undefined : unknownResult(x, type);
}

function refuseError({ view, value }: AnswerMessage): Refusal | undefined {
  const code = view.raw(view.member(value, 'code'));
  if (code === URL_ELICITATION_REQUIRED) return new Refusal('interaction_unsupported');
  if (HOP_ERRORS.has(code)) return new Refusal('upstream_invalid');
  return code === CAPABILITY_MISSING ? new Refusal('capability_missing') : undefined;
}
