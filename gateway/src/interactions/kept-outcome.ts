/** Ends of calls that are kept for who comes late: bounded, and free of larger buffers. */
import { scanJson, type Terminal } from '../kernel/index.ts';

const MAX_BYTES = 256 * 1024;
const LIMITS = { maxDepth: 256, recordDepth: 3 };

export interface KeptOutcome {
  readonly message: Terminal;
  readonly bytes: number;
}

/** A copy that shares no memory with what it came in, or undefined where it is too long to be kept. */
export function keptCopy(message: Terminal): KeptOutcome | undefined {
  switch (message.kind) {
    case 'refusal':
      return { message, bytes: 0 };
    case 'local':
      return message.result.length > MAX_BYTES
        ? undefined
        : { message, bytes: message.result.length };
    case 'result':
    case 'error': {
      const { bytes } = message.view;
      if (bytes.length > MAX_BYTES) return undefined;
      const copy = Buffer.alloc(bytes.length);
      bytes.copy(copy);
      const view = scanJson(copy, LIMITS);
      if ('fault' in view) return undefined;
      const value = view.member(0, message.kind);
      return value < 0 ? undefined : { message: { ...message, view, value }, bytes: bytes.length };
    }
    default:
      return undefined;
  }
}
