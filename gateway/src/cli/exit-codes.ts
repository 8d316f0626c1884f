/** What the process says to whoever started it. Documented in docs/command-line.md. */
export const EXIT = {
  /** Done. */
  ok: 0,
  /** Something in the configuration or in the input is wrong. */
  problem: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** An upstream cannot be reached, or the tool reported an error. */
  upstream: 3,
  /** A rule does not allow it, or a person has to approve it first. */
  denied: 4,
  /** The address cannot be listened on. */
  bind: 5,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
