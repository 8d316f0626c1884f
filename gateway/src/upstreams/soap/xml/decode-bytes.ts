/** Bytes of an XML document as text, by its mark, its declaration, or as UTF-8. */

/** @returns undefined where the encoding is not known or the bytes are not in it */
export function decodeXml(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function encodingOf(bytes: Buffer): string {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0x3c && bytes[1] === 0) return 'utf-16le';
  if (bytes[0] === 0 && bytes[1] === 0x3c) return 'utf-16be';
  const head = bytes.toString('latin1', 0, 200);
  const [, declared] =
    /^\s*(?:\xef\xbb\xbf)?<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(head) ?? [];
  return declared === undefined || /^utf-?16$/i.test(declared) ? 'utf-8' : declared;
}
