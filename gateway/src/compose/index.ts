/** The only place that builds the rooms and connects them. */
export { checkConfig, configJsonSchema, configSchema, type Config } from './config.ts';
export { createGateway, type Gateway } from './gateway.ts';
export { upstreamFacts } from './upstream-facts.ts';
