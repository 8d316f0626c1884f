/** The way in, as far as the wire goes: an exchange routed, identified and decoded. */
import {
  Refusal,
  markReceived,
  type Call,
  type Exchange,
  type Reason,
  type SessionRef,
} from '../../gateway/src/kernel/index.ts';
import { createDecode, createRoute, type WireDeps } from '../../gateway/src/wire/index.ts';
import { LOCAL, METHOD_TABLE, SESSION, makeExchange, type RequestShape } from './exchange.ts';

/** Knows one session, `sealed`; its log level is `warning`. */
export const WIRE_DEPS: WireDeps = {
  methods: METHOD_TABLE,
  endpoints: new Set(['default', 'crm']),
  maxBodyBytes: 64 * 1024,
  maxJsonDepth: 64,
  serverInfo: '{"name":"drawbridge","version":"0"}',
  sessions: {
    open: (token): SessionRef | Refusal =>
      token === SESSION.token ? SESSION : new Refusal('session_unknown'),
    logLevel: () => 'warning',
  },
};

const route = createRoute(WIRE_DEPS);
const decode = createDecode(WIRE_DEPS);

/** Routes and decodes an exchange as the local principal. */
export async function wireIn(x: Exchange): Promise<Call | Refusal> {
  markReceived(x);
  const routed = route(x);
  if (routed instanceof Refusal) return routed;
  const decoded = await decode(Object.assign(routed, { principal: LOCAL }));
  return decoded instanceof Refusal ? decoded : decoded.call;
}

/** The call a request means, or the reason and the words of its refusal. */
export async function decoded(shape: RequestShape): Promise<Call | `${Reason}: ${string}`> {
  const call = await wireIn(makeExchange(shape));
  return call instanceof Refusal ? `${call.reason}: ${call.text}` : call;
}

/** Only the reason; `ok` where the request is let through. */
export async function verdictOf(shape: RequestShape): Promise<Reason | 'ok'> {
  const call = await wireIn(makeExchange(shape));
  return call instanceof Refusal ? call.reason : 'ok';
}
