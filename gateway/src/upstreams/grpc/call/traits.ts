/** What messages of a type may hold at any depth; what they cannot hold need not be looked for. */
import { ScalarType, type DescField, type DescMessage } from '@bufbuild/protobuf';

export interface Traits {
  readonly hasAny: boolean;
  /** Numbers with a fraction, or values of any kind. */
  readonly hasFloats: boolean;
  readonly isExtendable: boolean;
}

const OPEN: ReadonlySet<string> = new Set([
  'google.protobuf.Any',
  'google.protobuf.Struct',
  'google.protobuf.Value',
  'google.protobuf.ListValue',
]);

/** Whether JSON has any value in its place. */
export function isOpen({ typeName }: DescMessage): boolean {
  return OPEN.has(typeName);
}

export function traitsOf(root: DescMessage): Traits {
  const seen = new Set([root]);
  // What is added while it is walked is walked, too.
  for (const message of seen) {
    for (const { message: next } of message.fields) if (next !== undefined) seen.add(next);
  }
  const all = [...seen];
  return {
    hasAny: all.some(({ typeName }) => typeName === 'google.protobuf.Any'),
    hasFloats: all.some((message) => isOpen(message) || message.fields.some(isFloat)),
    isExtendable: all.some(({ proto }) => proto.extensionRange.length > 0),
  };
}

export function isFloat(field: DescField): boolean {
  return field.scalar === ScalarType.FLOAT || field.scalar === ScalarType.DOUBLE;
}
