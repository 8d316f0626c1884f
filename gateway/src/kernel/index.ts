/** The words of the house. Imports nothing of it. */
export { bindArguments, boundText, type ArgumentsBound } from './bind-arguments.ts';
export {
  itemBindings,
  type BindingNode,
  type BoundArgument,
  type ItemBindings,
} from './bindings.ts';
export type { Call, ClientCertificate, Head, SessionRef, Via } from './call.ts';
export type { Dialect } from './dialect.ts';
export { Cancellation, type CancelReason } from './cancellation.ts';
export { systemClock, type Clock, type Timer } from './clock.ts';
export {
  declaresTasks,
  extensionsIn,
  missingCapability,
  readClientCapabilities,
  type ClientCapabilities,
} from './client-capabilities.ts';
export { Deadlines, type Due } from './deadlines.ts';
export type { Decision } from './decision.ts';
export {
  ENVELOPE,
  EXTENSIONS,
  LATEST_LEGACY,
  LATEST_MODERN,
  LEGACY_REVISIONS,
  MISSING_PARTS_KEY,
  MODERN_REVISIONS,
  REASON_KEY,
  eraOf,
  type Era,
} from './eras.ts';
export {
  Exchange,
  markReceived,
  type AuditSlot,
  type Awaitable,
  type Body,
  type LastingOutlet,
  type Lease,
  type OutHeaders,
  type Outlet,
  type Received,
  type Step,
} from './exchange.ts';
export { FleetingMap } from './fleeting-map.ts';
export { readHeaderBindings } from './header-bindings.ts';
export {
  ADMIN_KIND,
  DEFAULT_ENDPOINT,
  ENDPOINT_NAME,
  ITEM_KINDS,
  UPSTREAM_ID,
  itemIdText,
  type ItemId,
  type ItemKind,
} from './ids.ts';
export type { HeaderBinding, Item, ItemHints, JudgedItem, OwnTool, Target } from './item.ts';
export {
  ExactNumber,
  parseExact,
  stringifyExact,
  type Json,
  type JsonArray,
  type JsonObject,
} from './json/exact.ts';
export { isJsonArray, isJsonObject, ownMember } from './json/shape.ts';
export { schemasUnder } from './json/schemas-under.ts';
export { scanJson, type ScanFault, type ScanLimits } from './json/scan.ts';
export { addMembers, removeMembers, replaceValue, splice, type Edit } from './json/splice.ts';
export { JsonView, ROOT, type JsonKind } from './json/view.ts';
export type { ItemBrief, ListedCapabilities, Listing, ListMode, RawItem } from './listing.ts';
export { LOG_LEVELS, severityOf } from './log-levels.ts';
export type {
  AcceptedMessage,
  AnswerMessage,
  Asked,
  Delivery,
  EndedMessage,
  EventMessage,
  LocalMessage,
  NoticeMessage,
  Round,
  Terminal,
} from './message.ts';
export type { MethodRow, TargetKind } from './methods.ts';
export { OpenExchanges } from './open-exchanges.ts';
export { compilePattern, type ItemPattern } from './patterns.ts';
export { principalOf, type Principal } from './principal.ts';
export type { Answer, Question, QuestionMethod } from './question.ts';
export { REASONS, docsAnchor, type LogLevel, type Reason, type ReasonRow } from './reasons.ts';
export { Refusal, type RefusalDetail } from './refusal.ts';
export { TurnEnd } from './turn.ts';
