/**
 * The path of a call: one row per stage, in the order in which an exchange meets them. A stage takes
 * what the one before it proved and returns the next proof or a refusal; it never touches a socket.
 * Dispatch takes only a call that went the whole way, so a forgotten check does not compile.
 */
import type { Exchange } from '../kernel/index.ts';
import type { Rooms } from './rooms.ts';
import { begin, type Path } from './run.ts';

export { methodTable } from './methods.ts';
export type { Dispatchable } from './evidence.ts';
export type { Outcome, Rooms } from './rooms.ts';
export type { Path } from './run.ts';

/** Fits the rooms together to the path that every exchange of one configuration snapshot walks. */
export function buildPath(rooms: Rooms): Path {
  return (
    begin<Exchange>()
      //     stage         room           what it decides
      .stage('receive', rooms.receive) //   host, origin, head: may this request come in at all
      .stage('route', rooms.route) //       which dialect, which endpoint
      .stage('identify', rooms.identify) // who is calling
      .stage('decode', rooms.decode) //     the bounded body; do headers and body agree
      .stage('resolve', rooms.resolve) //   what is meant, for this principal
      .stage('limit', rooms.limit) //       is there room for it now
      .stage('screen in', rooms.screenIn) // the exact call that will leave, and is it safe
      .stage('authorize', rooms.authorize) // may this principal make this exact call
      .stage('approve', rooms.approve) //   must a human say yes first
      .stage('intent', rooms.intent) //     can it be recorded
      .dispatch(rooms) // carry it out; each message: screen out, encode; then finish, exactly once
  );
}
