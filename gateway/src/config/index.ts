/** The configuration file: read, checked, watched, added to. Knows no room's own part of it. */
export { addUpstream, type Edited, type Entry } from './edit.ts';
export { escapePlaceholders } from './expand.ts';
export { jsonSchemaOf, type SchemaHead } from './json-schema.ts';
export { loadConfig, MAX_CONFIG_BYTES, type Loaded, type LoadOptions } from './load.ts';
export { nearest } from './nearest.ts';
export { pathText, type ConfigPath, type Finding, type Problem } from './problem.ts';
export { readBounded } from './read-bounded.ts';
export { printable, renderProblem, type Paint } from './render.ts';
export { watchConfig, type ConfigWatch } from './watch.ts';
export { replaceFile } from './write-file.ts';
