/** JSON Schemas of tools: dialects that clients take, their price, and what may be left out. */
export { defaultProfile } from './default-profile.ts';
export { SchemaMemo } from './memo.ts';
export { relaxOutput } from './relax.ts';
export { estimateTokens } from './tokens.ts';
export { trimToBudget } from './trim.ts';
