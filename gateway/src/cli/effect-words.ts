/** What tools do to the world, for people. */
export const EFFECT_WORDS = {
  read: 'reads',
  write: 'writes',
  destroy: 'may destroy',
  unknown: 'unknown',
} as const;
