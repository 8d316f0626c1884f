/** When to stop: the first signal begins an orderly end, the second one cuts it short. */

export interface Stop {
  readonly first: Promise<void>;
  readonly second: Promise<void>;
  /** Gives the signals back to the process. */
  release(): void;
}

/** Listens for SIGTERM and SIGINT from now on. */
export function createStop(): Stop {
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  let count = 0;
  const onSignal = () => {
    count += 1;
    if (count === 1) first.resolve();
    else second.resolve();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return {
    first: first.promise,
    second: second.promise,
    release: () => {
      process.off('SIGTERM', onSignal);
      process.off('SIGINT', onSignal);
    },
  };
}
