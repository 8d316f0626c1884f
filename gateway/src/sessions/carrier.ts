/** The methods of a legacy session: beginning it, keeping it, ending it. */
import {
  LATEST_LEGACY,
  LOG_LEVELS,
  Refusal,
  eraOf,
  severityOf,
  type Call,
  type Delivery,
  type Exchange,
  type Principal,
  type SessionRef,
  type Terminal,
} from '../kernel/index.ts';
import type { Describe, SessionDeps } from './ports.ts';
import { sealSession } from './token.ts';

const EMPTY: Terminal = { kind: 'local', result: '{}' };
const ACCEPTED: Terminal = { kind: 'accepted' };

export interface SessionCarrier {
  carry(x: SessionCall, delivery: Delivery): void;
}

type SessionCall = Exchange & { readonly principal: Principal; readonly call: Call };

/** What the carrier does to the room's memory. */
interface SessionMemory {
  setLevel(session: SessionRef, level: string): void;
  cancel(session: SessionRef, rawId: string): void;
  end(session: SessionRef): void;
}

export function createSessionCarrier(
  deps: SessionDeps,
  describe: Describe,
  memory: SessionMemory,
): SessionCarrier {
  return {
    carry: (x, delivery) => {
      if (x.call.kind === 'response') deps.takeResponse?.(x);
      delivery.finish(answer(x, deps, describe, memory));
    },
  };
}

function answer(
  x: SessionCall,
  deps: SessionDeps,
  describe: Describe,
  memory: SessionMemory,
): Terminal {
  const { call, session } = x;
  if (call.kind === 'end') {
    if (session !== undefined) memory.end(session);
    return ACCEPTED;
  }
  if (call.kind === 'response') return ACCEPTED;
  switch (call.method) {
    case 'initialize':
      return initialize(x, deps, describe);
    case 'ping':
      return EMPTY;
    case 'logging/setLevel':
      return setLevel(call, session, memory);
    case 'notifications/cancelled': {
      const requestId = call.view.raw(call.view.member(call.params, 'requestId'));
      if (session !== undefined && requestId !== '') memory.cancel(session, requestId);
      return ACCEPTED;
    }
    default:
      return call.kind === 'notification' ? ACCEPTED : new Refusal('method_unknown');
  }
}

/** Agrees on the client's revision where it is served, otherwise offers the latest legacy one. */
function initialize(x: SessionCall, deps: SessionDeps, describe: Describe): Terminal {
  const { call, principal, endpoint } = x;
  const asked = call.view.string(call.view.member(call.params, 'protocolVersion')) ?? '';
  const revision = eraOf(asked) === 'legacy' ? asked : LATEST_LEGACY;
  const terms = { revision, capabilities: call.capabilities, clientInfo: call.clientInfo };
  const { capabilities, instructions } = describe(endpoint, principal);
  const said = instructions === '' ? '' : `,"instructions":${JSON.stringify(instructions)}`;
  return {
    kind: 'local',
    result: `{"protocolVersion":"${revision}","capabilities":${capabilities},"serverInfo":${deps.serverInfo}${said}}`,
    sessionToken: sealSession(deps.sealer, terms, principal, endpoint, deps.clock.nowMs()),
  };
}

function setLevel(call: Call, session: SessionRef | undefined, memory: SessionMemory): Terminal {
  const level = call.view.string(call.view.member(call.params, 'level')) ?? '';
  if (severityOf(level) === undefined) {
    return new Refusal('params_invalid', {
      text: `The level must be one of ${LOG_LEVELS.join(', ')}.`,
    });
  }
  if (session !== undefined) memory.setLevel(session, level);
  return EMPTY;
}
