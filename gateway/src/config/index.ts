/** The configuration file: read, checked, watched, added to. Knows no room's own part of it. */
export { addUpstream, type Entry } from './edit.ts';
export { escapePlaceholders, expand } from './expand.ts';
export { jsonSchemaOf } from './json-schema.ts';
export { MAX_CONFIG_BYTES, loadConfig, type Loaded } from './load.ts';
export { lineOf } from './place.ts';
export { nearest } from './nearest.ts';
export type { Finding, Problem } from './problem.ts';
export { readBounded } from './read-bounded.ts';
export { printable, printableJson, printableLine, renderProblem, type Paint } from './render.ts';
export { watchConfig } from './watch.ts';
export { whileStill } from './while-still.ts';
export { replaceFile } from './write-file.ts';
