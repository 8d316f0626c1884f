/** A secret that is given on standard input: never an argument, which every process list shows. */

/** One byte more than the vault keeps, so that it can say what is too long. */
const MAX_BYTES = 64 * 1024 + 2;

/** All of standard input without its last line end; undefined where there is nothing. */
export async function readSecretText(
  input: AsyncIterable<Buffer | string> = process.stdin,
): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    length += bytes.length;
    if (length > MAX_BYTES) break;
  }
  const text = new TextDecoder().decode(Buffer.concat(chunks)).replace(/\r?\n$/, '');
  return text === '' ? undefined : text;
}
