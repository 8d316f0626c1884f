/** Names of files that others gave. */
import { headOf } from '../results/json-shape.ts';

const MAX_NAME_CHARS = 120;

const EXTENSIONS: readonly (readonly [string, string])[] = [
  ['application/json', 'json'],
  ['text/plain', 'txt'],
  ['text/csv', 'csv'],
  ['text/html', 'html'],
  ['text/markdown', 'md'],
  ['application/xml', 'xml'],
  ['text/xml', 'xml'],
  ['application/pdf', 'pdf'],
  ['application/zip', 'zip'],
  ['application/gzip', 'gz'],
  ['image/png', 'png'],
  ['image/jpeg', 'jpg'],
  ['image/gif', 'gif'],
  ['image/webp', 'webp'],
  ['image/svg+xml', 'svg'],
  ['audio/mpeg', 'mp3'],
  ['audio/wav', 'wav'],
  ['audio/ogg', 'ogg'],
  ['video/mp4', 'mp4'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
  ['application/vnd.openxmlformats-officedocument.presentationml.presentation', 'pptx'],
];

/** The last part of a name, without what could be a way through folders or end a line. */
export function safeName(name: string): string {
  const last = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  const plain = last.replaceAll(/[\p{C}"<>:|?*]/gu, '').trim();
  return /^\.*$/.test(plain) ? '' : headOf(plain, MAX_NAME_CHARS);
}

/** A name for what was given none. */
export function nameFor(stem: string, mimeType: string): string {
  const extension = EXTENSIONS.find(([type]) => type === mimeType)?.[1] ?? 'bin';
  const plain = stem.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
  return `${headOf(plain.replaceAll(/^_+|_+$/g, ''), 40) || 'result'}.${extension}`;
}

/** By the end of the name; '' where it says nothing. */
export function typeOfName(name: string): string {
  const end = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  if (end === 'jpeg') return 'image/jpeg';
  return EXTENSIONS.find(([, extension]) => extension === end)?.[0] ?? '';
}
