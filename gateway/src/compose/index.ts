/** The only place that builds the rooms and connects them. */
export { checkConfig, configJsonSchema, configSchema, type Config } from './config.ts';
export { endpointFacts } from './endpoints.ts';
export { callerNamed, type ListKeys } from './explain-caller.ts';
export { explainDecision, type ExplainDeps } from './explain-decision.ts';
export { explanationWords } from './explain-words.ts';
export { createExplain } from './explain.ts';
export { createGateway, type Gateway } from './gateway.ts';
export { ownRecordFile, recordFile } from './record-file.ts';
export { upstreamFacts } from './upstream-facts.ts';
