/** From an operation of a document to its plan. */
export { compileOperation } from './operation.ts';
