/** What the gateway says of itself after a forced collection. */
export interface Reading {
  /** Its share of memory without that of files: the program's own pages come and go with others. */
  readonly pssBytes: number;
  readonly heapBytes: number;
  /** Memory of buffers, beside the heap. */
  readonly externalBytes: number;
  /** Timers that are set. */
  readonly timers: number;
}

/** Whether a message of the gateway's process is a reading. */
export function isReading(message: unknown): message is Reading {
  return typeof message === 'object' && message !== null && 'pssBytes' in message;
}
