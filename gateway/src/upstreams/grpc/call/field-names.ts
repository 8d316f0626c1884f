/** Fields as servers name them, in the names that arguments have. */
import type { DescField, DescMessage } from '@bufbuild/protobuf';

const MAX_STEPS = 50;

/**
 * @param written `parcels[2].weight_kg`, as `google.rpc.BadRequest` has it
 * @returns `parcels[2].weightKg`; steps that are no fields stay as they are
 */
export function namedAs(root: DescMessage, written: string): string {
  const steps = written
    .split(/[./[\]]+/)
    .filter((step) => step !== '')
    .slice(0, MAX_STEPS);
  let message: DescMessage | undefined = root;
  // Behind the name of a list or map its index or key may follow.
  let container: DescField | undefined;
  let place = '';
  for (const step of steps) {
    const isIndex =
      container !== undefined && (container.fieldKind === 'map' || /^\d+$/.test(step));
    const field: DescField | undefined = isIndex ? undefined : fieldIn(message, step);
    const name = field?.jsonName ?? step;
    place += /^\d+$/.test(name) ? `[${name}]` : `${place === '' ? '' : '.'}${name}`;
    container = field?.fieldKind === 'list' || field?.fieldKind === 'map' ? field : undefined;
    if (field !== undefined) message = field.message;
  }
  return place;
}

function fieldIn(message: DescMessage | undefined, step: string): DescField | undefined {
  return message?.fields.find(({ name, jsonName }) => name === step || jsonName === step);
}
