/**
 * What becomes of every method and message between the protocol's eras. docs/bridging.md is generated
 * from it; a test holds it against the method table, and the conformance run takes its exceptions
 * from it.
 */
import type { Row } from './cells.ts';
import { MESSAGE_ROWS } from './message-rows.ts';
import { METHOD_ROWS } from './method-rows.ts';

export const ROWS: readonly Row[] = [...METHOD_ROWS, ...MESSAGE_ROWS];
