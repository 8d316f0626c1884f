/** Bytes as text, by what is said of them and what they begin with. */
import { TextDecoder } from 'node:util';

const CHARSET = /;\s*charset\s*=\s*"?([A-Za-z0-9._:+-]{1,40})"?/i;
const XML_ENCODING = /^<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']/;

/**
 * Decodes text: a byte order mark first, then the charset of the media type, then what an XML
 * declaration says, then UTF-8. What does not decode becomes U+FFFD; never throws.
 * @param contentType with its parameters
 */
export function decodeText(bytes: Uint8Array, contentType: string): string {
  const named = markOf(bytes) ?? CHARSET.exec(contentType)?.[1] ?? declared(bytes) ?? 'utf-8';
  return decoderFor(named).decode(bytes);
}

function decoderFor(label: string): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder();
  }
}

function markOf(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return undefined;
}

function declared(bytes: Uint8Array): string | undefined {
  if (bytes[0] !== 0x3c) return undefined;
  return XML_ENCODING.exec(Buffer.from(bytes.subarray(0, 160)).toString('latin1'))?.[1];
}

const TEXT_TYPES =
  /^(?:text\/|message\/rfc822$|application\/(?:xml|javascript|ecmascript|x-javascript|yaml|x-yaml|toml|sql|graphql|csv|x-sh|x-www-form-urlencoded|x-ndjson|ndjson|jsonl|json|json-seq|xhtml\+xml|rtf)$|.{1,100}\+(?:xml|json|yaml)$)/;

/** Whether bytes of this type are meant to be read. An SVG is both; it is read. */
export function isTextType(mimeType: string): boolean {
  return TEXT_TYPES.test(typeOnly(mimeType));
}

/** `type/subtype` in lower case, without parameters; '' where it is not of that form. */
export function typeOnly(mimeType: string): string {
  const [type = ''] = mimeType.split(';', 1);
  const plain = type.trim().toLowerCase();
  return plain.length <= 127 && /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/.test(plain) ? plain : '';
}
