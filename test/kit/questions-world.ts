/** Questions without an upstream: rounds that remember what became of them, and their callers. */
import { createInteractions, type Interactions } from '../../gateway/src/interactions/index.ts';
import type {
  Answer,
  Asked,
  Delivery,
  Exchange,
  Item,
  Question,
  Round,
  SessionRef,
  Terminal,
} from '../../gateway/src/kernel/index.ts';
import { Refusal } from '../../gateway/src/kernel/index.ts';
import { LOCAL, RecordingDelivery, SESSION, makeCall, makeExchange } from './exchange.ts';
import { ManualClock } from './manual-clock.ts';
import { makeSealer } from './sealer.ts';

export const FORM: Question = {
  key: 'q1',
  method: 'elicitation/create',
  params:
    '{"message":"Which?","requestedSchema":{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}}',
};
export const ROOTS: Question = { key: 'q2', method: 'roots/list', params: '' };
export const ALL = '{"elicitation":{"form":{},"url":{}},"sampling":{"tools":{}},"roots":{}}';

export interface RecordedRound extends Round {
  /** `answered` or the reason it was abandoned for; '' while neither. */
  fate: string;
  answers: Record<string, Answer>;
  /** How often one of the two was called. */
  calls: number;
  x: Exchange | undefined;
  delivery: Delivery | undefined;
}

export function roundOf(questions: readonly Question[] = [FORM], upstream = 'crm'): RecordedRound {
  const round: RecordedRound = {
    upstream,
    questions,
    fate: '',
    answers: {},
    calls: 0,
    x: undefined,
    delivery: undefined,
    answered: (answers, x, delivery) => {
      Object.assign(round, { fate: 'answered', answers: Object.fromEntries(answers), x, delivery });
      round.calls++;
    },
    abandoned: (why) => {
      round.fate = why;
      round.calls++;
    },
  };
  return round;
}

export interface Caller {
  readonly principal?: string;
  readonly endpoint?: string;
  readonly name?: string;
  readonly item?: string;
  readonly dialect?: Exchange['dialect'];
  readonly capabilities?: string;
  readonly session?: SessionRef;
  /** JSON text of `arguments`; '' for none. */
  readonly arguments?: string;
  /** JSON text of `inputResponses`; '' for none. */
  readonly responses?: string;
  readonly state?: string;
  readonly rawId?: string;
  readonly method?: string;
}

function itemOf(name: string): Item {
  return {
    id: { upstream: 'crm', kind: 'tool', name },
    publicName: `crm__${name}`,
    definition: Buffer.from('{}'),
    era: 'legacy',
    headerBindings: [],
  };
}

/** An exchange that went the whole path up to dispatch. */
export function caller(change: Caller = {}): Exchange {
  const { rawId = '1', method = 'tools/call', name = 'crm__ask' } = change;
  const members = [
    change.arguments === '' ? '' : `"arguments":${change.arguments ?? '{"a":1}'}`,
    change.responses === undefined ? '' : `"inputResponses":${change.responses}`,
    change.state === undefined ? '' : `"requestState":${JSON.stringify(change.state)}`,
  ].filter((text) => text !== '');
  const x = makeExchange();
  x.principal = { ...LOCAL, id: change.principal ?? 'local' };
  x.endpoint = change.endpoint ?? 'default';
  x.dialect = change.dialect ?? 'modern';
  x.rawId = rawId;
  x.call = makeCall({
    message: `{"jsonrpc":"2.0","id":${rawId},"method":"${method}","params":{${members.join(',')}}}`,
    method,
    name,
    capabilities: change.capabilities ?? ALL,
  });
  const item = itemOf(change.item ?? 'ask');
  x.target = { kind: 'item', item, originalName: item.id.name };
  if (change.dialect === 'legacy') x.session = { ...SESSION, capabilities: ALL, ...change.session };
  return x;
}

export interface Answered {
  readonly x: Exchange;
  readonly delivery: RecordingDelivery;
  readonly terminal: Terminal | undefined;
  /** The result where it is a question. */
  readonly question: { inputRequests: Record<string, unknown>; requestState: string };
}

export interface QuestionsWorld {
  readonly clock: ManualClock;
  readonly sealer: ReturnType<typeof makeSealer>;
  readonly room: Interactions;
  readonly bugs: unknown[];
  ask(x: Exchange, round: Round): { asked: Asked; delivery: RecordingDelivery; state: string };
  /** A retry as the path makes it: the state is opened, then the call is carried on or refused. */
  retry(change: Caller & { readonly state: string }): Answered;
}

/** @param beside a process of the same gateway: it has the same keys and the same time */
export function questionsWorld(beside?: QuestionsWorld): QuestionsWorld {
  const clock = beside?.clock ?? new ManualClock();
  const sealer = beside?.sealer ?? makeSealer(clock);
  const bugs: unknown[] = [];
  const onBug = (error: unknown): void => void bugs.push(error);
  const room = createInteractions({ sealer, clock, onBug });
  return {
    clock,
    sealer,
    room,
    bugs,
    ask: (x, round) => {
      const delivery = new RecordingDelivery();
      const asked = room.ask(x, round, delivery);
      return { asked, delivery, state: readQuestion(delivery.terminals[0]).requestState };
    },
    retry: (change) => {
      const x = caller(change);
      const delivery = new RecordingDelivery();
      const opened = room.openState(x, change.state);
      if (opened instanceof Refusal) delivery.finish(opened);
      else if (opened.kind === 'parked') {
        x.parked = opened.parked;
        room.carryOn(x, delivery);
      }
      return {
        x,
        delivery,
        get terminal() {
          return delivery.terminals[0];
        },
        get question() {
          return readQuestion(delivery.terminals[0]);
        },
      };
    },
  };
}

function readQuestion(message: Terminal | undefined): Answered['question'] {
  const none = { inputRequests: {}, requestState: '' };
  if (message?.kind !== 'local' || message.isQuestion !== true) return none;
  return { ...none, ...JSON.parse(message.result) };
}
