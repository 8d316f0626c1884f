/** The dialects that a listing may be asked in, by themselves: a configuration is read with them. */
export const PROFILES = [
  'strict-2020',
  'default',
  'no-refs',
  'no-unions',
  'openai-strict',
  'gemini',
] as const;

export type Profile = (typeof PROFILES)[number];
