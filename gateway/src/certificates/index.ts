/** Keys and certificates, read and judged before anything relies on them. */
export { certificatesIn, faultWords, readMaterial } from './material.ts';
export type { ReadOptions, TlsFault, TlsFiles, TlsMaterial } from './material.ts';
export { KeptMaterial, type Kept, type Looked } from './kept-material.ts';
