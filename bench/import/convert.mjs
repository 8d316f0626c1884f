/**
 * The plug-in of the import harness: one document, read and compiled as the gateway does it.
 * Definitions are made when they are asked for, as in a running gateway.
 */
import { convertDocument } from './convert.ts';

/**
 * @param {string} path file of the document, or folder that holds one
 * @returns {Promise<import('./convert.ts').ConvertedTool[]>} one tool per operation that is usable
 */
export async function convert(path) {
  return (await convertDocument(path)).tools;
}
