/** Errors by which a modern server says that it took nothing, and that the gateway can mend. */
import {
  EXTENSIONS,
  Refusal,
  readHeaderBindings,
  type AnswerMessage,
  type Awaitable,
  type RawItem,
} from '../../kernel/index.ts';
import type { CallFlight } from './call-flight.ts';
import type { Verdict } from './era-keeper.ts';
import { wantsTasks } from './task-message.ts';

/** The server does not speak this revision (2026-07-28). */
export const UNSUPPORTED_VERSION = '-32022';
/** A header repeats an argument otherwise than the server's present list of tools asks for. */
export const HEADER_MISMATCH = '-32020';

export interface Remedies {
  /** Looks at the server's era again; undefined where that was done only just now. */
  lookAgain(): Promise<Verdict | Refusal> | undefined;
  readTools(): Promise<readonly RawItem[] | Refusal>;
  /** Sends the call again. */
  dispatch(): void;
}

/**
 * Mends once per call what the error is about and sends the call again, which the server certainly
 * did not carry out. @returns false where the error is the call's answer
 */
export function remedy(flight: CallFlight, error: AnswerMessage, remedies: Remedies): boolean {
  const { view, value } = error;
  const code = view.raw(view.member(value, 'code'));
  if (flight.mayTakeTasks && wantsTasks(error, EXTENSIONS.tasks)) {
    flight.takeTasks();
    flight.leaveLink();
    remedies.dispatch();
    return true;
  }
  if (code === UNSUPPORTED_VERSION && !flight.wasResent) {
    const looked = remedies.lookAgain();
    if (looked !== undefined) void sendAgainAfter(flight, looked, remedies);
    return looked !== undefined;
  }
  const { target } = flight.x;
  if (code !== HEADER_MISMATCH || flight.method !== 'tools/call' || target.kind !== 'item') {
    return false;
  }
  if (flight.wasResent) {
    flight.refuse('upstream_invalid', 'It does not accept the headers that repeat the arguments.');
  } else {
    void sendAgainAfter(flight, bind(flight, target.originalName, remedies), remedies);
  }
  return true;
}

async function sendAgainAfter(
  flight: CallFlight,
  mended: Awaitable<unknown>,
  remedies: Remedies,
): Promise<void> {
  flight.wasResent = true;
  flight.leaveLink();
  const outcome = await mended;
  if (flight.isSettled) return;
  if (outcome instanceof Refusal) flight.settle(outcome);
  else remedies.dispatch();
}

/** Reads again which arguments of the tool are repeated. */
async function bind(
  flight: CallFlight,
  name: string,
  remedies: Remedies,
): Promise<Refusal | undefined> {
  const tools = await remedies.readTools();
  if (tools instanceof Refusal) return tools;
  const tool = tools.find((each) => each.name === name);
  const bindings = tool === undefined ? [] : readHeaderBindings(tool.definition);
  if (typeof bindings === 'string') {
    return new Refusal('upstream_invalid', { text: `Its tool cannot be called: ${bindings}.` });
  }
  flight.bindings = bindings;
  return undefined;
}
