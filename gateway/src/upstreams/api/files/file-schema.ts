/** The one shape in which files are given, whatever the API is. */
import type { JsonObject } from '../../../kernel/index.ts';

const SHAPE: JsonObject = {
  type: ['object', 'string'],
  properties: {
    uri: {
      type: 'string',
      description: 'Address of the file: a result kept by the gateway, a resource, or https.',
    },
    data: { type: 'string', description: 'The bytes in base64.' },
    text: { type: 'string', description: 'The content as text.' },
    filename: { type: 'string' },
    mimeType: { type: 'string' },
  },
  additionalProperties: false,
};

const DEFAULT_TEXT =
  'A file: an object with one of uri, data (base64) or text; a string is an address or the text itself.';

/** @param description what the document says of it; '' for nothing */
export function fileArgument(description: string): JsonObject {
  const text = description === '' ? DEFAULT_TEXT : `${description}\n${DEFAULT_TEXT}`;
  return { ...SHAPE, description: text };
}
