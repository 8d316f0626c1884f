/** Features of editions as `.proto` text sets them. */
import { create } from '@bufbuild/protobuf';
import {
  FeatureSet_EnumType,
  FeatureSet_FieldPresence,
  FeatureSet_MessageEncoding,
  FeatureSet_RepeatedFieldEncoding,
  FeatureSetSchema,
  type FeatureSet,
} from '@bufbuild/protobuf/wkt';
import type protobuf from 'protobufjs';

const PRESENCE: Readonly<Record<string, FeatureSet_FieldPresence>> = {
  EXPLICIT: FeatureSet_FieldPresence.EXPLICIT,
  IMPLICIT: FeatureSet_FieldPresence.IMPLICIT,
  LEGACY_REQUIRED: FeatureSet_FieldPresence.LEGACY_REQUIRED,
};
const ENUMS: Readonly<Record<string, FeatureSet_EnumType>> = {
  OPEN: FeatureSet_EnumType.OPEN,
  CLOSED: FeatureSet_EnumType.CLOSED,
};
const REPEATED: Readonly<Record<string, FeatureSet_RepeatedFieldEncoding>> = {
  PACKED: FeatureSet_RepeatedFieldEncoding.PACKED,
  EXPANDED: FeatureSet_RepeatedFieldEncoding.EXPANDED,
};
const MESSAGES: Readonly<Record<string, FeatureSet_MessageEncoding>> = {
  LENGTH_PREFIXED: FeatureSet_MessageEncoding.LENGTH_PREFIXED,
  DELIMITED: FeatureSet_MessageEncoding.DELIMITED,
};

/** @returns undefined where none is set */
export function featuresOf({ options }: protobuf.ReflectionObject): FeatureSet | undefined {
  const features: unknown = options?.['features'];
  const set = (name: string): string =>
    typeof features === 'object' && features !== null && Object.hasOwn(features, name)
      ? String(Reflect.get(features, name))
      : '';
  const presence = PRESENCE[set('field_presence')];
  const enumType = ENUMS[set('enum_type')];
  const repeated = REPEATED[set('repeated_field_encoding')];
  const encoding = MESSAGES[set('message_encoding')];
  if ([presence, enumType, repeated, encoding].every((each) => each === undefined)) {
    return undefined;
  }
  return create(FeatureSetSchema, {
    ...(presence === undefined ? {} : { fieldPresence: presence }),
    ...(enumType === undefined ? {} : { enumType }),
    ...(repeated === undefined ? {} : { repeatedFieldEncoding: repeated }),
    ...(encoding === undefined ? {} : { messageEncoding: encoding }),
  });
}
