/** JSON Schemas of tools: dialects that clients take, their price, and what may be left out. */
export { defaultProfile } from './default-profile.ts';
export { SchemaMemo } from './memo.ts';
export { relaxOutput } from './relax.ts';
export { estimateTokens } from './tokens.ts';
export { trimToBudget } from './trim.ts';
export { PROFILES, toProfile, type Profile, type Profiled } from './profiles.ts';
export {
  CLIENT_PROFILES,
  lintForClients,
  type ClientComplaint,
  type ClientProfile,
  type LintedTool,
} from './clients.ts';
