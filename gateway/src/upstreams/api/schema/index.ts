/** JSON Schemas of tools: dialects that clients take, their price, and what may be left out. */
export { CLIENT_PROFILES, lintForClients } from './clients.ts';
export { defaultProfile } from './default-profile.ts';
export { PROFILES, type Profile } from './profile-names.ts';
export { toProfile } from './profiles.ts';
export { relaxOutput } from './relax.ts';
export { estimateTokens } from './tokens.ts';
export { trimToBudget } from './trim.ts';
