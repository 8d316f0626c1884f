/** Reading what an answer is, for the record and for those who own its questions. */
import type { Terminal } from '../kernel/index.ts';

/** Whether a message asks the caller something (2026-07-28, multi round-trip requests). */
export function isQuestion(message: Terminal): boolean {
  if (message.kind === 'local') return message.isQuestion === true;
  if (message.kind !== 'result' || message.era !== 'modern') return false;
  const { view } = message;
  const type = view.member(message.value, 'resultType');
  return !view.isWritten(type, '"complete"') && view.string(type) === 'input_required';
}

/** Whether a message is a tool result that reports an error. */
export function isToolError(message: Terminal): boolean {
  if (message.kind === 'local') return message.isToolError === true;
  if (message.kind !== 'result') return false;
  return message.view.isWritten(message.view.member(message.value, 'isError'), 'true');
}
