/** Calls back when whoever asked has returned, so that nobody is called before it knows its question. */
export type Afterwards = (task: () => void) => void;

export function createAfterwards(onBug: (error: unknown) => void): Afterwards {
  return (task) => {
    queueMicrotask(() => {
      try {
        task();
      } catch (error) {
        onBug(error);
      }
    });
  };
}
