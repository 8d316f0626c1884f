/** What a tool says while it runs, as server-sent events: `progress` and `log`. */
import {
  ROOT,
  removeMembers,
  splice,
  type EventMessage,
  type NoticeMessage,
} from '../../kernel/index.ts';
import { frameNamed } from '../sse.ts';

const EVENTS: Readonly<Record<string, string>> = {
  'notifications/progress': 'progress',
  'notifications/message': 'log',
};

/**
 * The parameters of a notification without its progress token, which is a matter of the hop.
 * @returns '' for what this dialect has no event for
 */
export function restEvent(message: EventMessage | NoticeMessage): string {
  if (message.kind === 'notice') return '';
  const event = Object.hasOwn(EVENTS, message.method) ? EVENTS[message.method] : undefined;
  const { view } = message;
  const params = view.member(ROOT, 'params');
  if (event === undefined || view.kind(params) !== 'object') return '';
  const [from, to] = [view.start(params), view.end(params)];
  const token = view.member(params, 'progressToken');
  const removal = token < 0 ? [] : removeMembers(view, params, [token]);
  const edits = message.edits.filter(
    (edit) =>
      edit.start >= from &&
      edit.end <= to &&
      !removal.some((gone) => edit.start >= gone.start && edit.end <= gone.end),
  );
  return frameNamed(event, splice(view.bytes, [...edits, ...removal], from, to).toString('utf8'));
}
