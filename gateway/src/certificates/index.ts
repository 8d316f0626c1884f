/** Keys and certificates, read and judged before anything relies on them. */
export { faultWords, readMaterial } from './material.ts';
export type { TlsFiles, TlsMaterial } from './material.ts';
export { KeptMaterial } from './kept-material.ts';
