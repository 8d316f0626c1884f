/** Finds out, on one link of the legacy era, whose call a question of the server belongs to. */
import { Refusal, missingCapability, readClientCapabilities } from '../../kernel/index.ts';
import type { CallRegister } from './call-register.ts';
import type { Flight } from './flight.ts';
import type { Incoming } from './message.ts';
import { NO_ANSWER, PeerQuestion, answerHere, questionMethod } from './peer-question.ts';

/** What the desk needs of the connector. */
export interface DeskHost {
  /** All callers use the same links. */
  readonly isShared: boolean;
  /**
   * A question that belongs to no call was answered here.
   * @param isAmbiguous several calls could have been meant, and it matters which
   */
  unattributed(isAmbiguous: boolean): void;
}

/** Longer roots are not remembered, bytes. */
const MAX_ROOTS = 64 * 1024;
/** A longer question is not passed on, characters. */
const MAX_QUESTION = 1024 * 1024;
const NOTHING_DECLARED = readClientCapabilities('');

export class QuestionDesk {
  private readonly host: DeskHost;
  private readonly register: CallRegister;
  private readonly reply: (bytes: Buffer, flight: Flight | undefined) => void;
  /** What the one principal of this link last answered to `roots/list`. */
  private roots = '';

  /** @param reply sends a JSON-RPC response on behalf of the call that was asked */
  constructor(
    host: DeskHost,
    register: CallRegister,
    reply: (bytes: Buffer, flight: Flight | undefined) => void,
  ) {
    this.host = host;
    this.register = register;
    this.reply = reply;
  }

  /**
   * Takes a request of the server.
   * @param flight the call on whose own stream it came; undefined where it came beside all
   */
  take(request: Incoming, flight: Flight | undefined): void {
    const method = questionMethod(request.method);
    if (method === undefined) {
      this.reply(answerHere(request), undefined);
      return;
    }
    const askable = flight === undefined ? this.register.askable() : [flight];
    const [asked] = askable;
    const owner = askable.length === 1 ? asked : undefined;
    const question = new PeerQuestion(request, method, (bytes, answer) => {
      const isRoots = method === 'roots/list' && answer.kind === 'result';
      if (isRoots && !this.host.isShared) this.remember(answer.result);
      this.reply(bytes, owner);
    });
    const isAskable = flight === undefined || flight.takesQuestions;
    if (owner !== undefined && isAskable && question.params.length <= MAX_QUESTION) {
      owner.put(question);
      return;
    }
    // Many servers ask for roots once, when a session begins: that is no reason to keep calls apart.
    const isAmbiguous = askable.length > 1 && method !== 'roots/list';
    if (flight === undefined) this.host.unattributed(isAmbiguous);
    this.explain(flight ?? this.register.only(), question);
    this.refuse(question);
  }

  private remember(roots: string): void {
    if (roots.length <= MAX_ROOTS) this.roots = roots;
  }

  private refuse(question: PeerQuestion): void {
    const { roots } = this;
    const isKnown = question.method === 'roots/list' && roots !== '';
    question.answer(isKnown ? { kind: 'result', result: roots } : NO_ANSWER);
  }

  /** An error that follows is best explained by the question that could not be put. */
  private explain(flight: Flight | undefined, question: PeerQuestion): void {
    if (flight === undefined || (question.method === 'roots/list' && this.roots !== '')) return;
    const requiredCapabilities = missingCapability(question, NOTHING_DECLARED);
    const couldBeDeclared = flight.takesQuestions && !flight.declaresAny;
    flight.unasked =
      couldBeDeclared && requiredCapabilities !== undefined
        ? new Refusal('capability_missing', { data: { requiredCapabilities } })
        : new Refusal('interaction_unsupported');
  }
}
