/** SDL that is whole only together with what its server adds, as far as it can be used. */
import {
  Kind,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  type NamedTypeNode,
  type TypeDefinitionNode,
  type TypeExtensionNode,
  type TypeNode,
} from 'graphql';

export interface MendedSdl {
  readonly document: DocumentNode;
  /** What was left out, in words, and where. */
  readonly repairs: readonly { readonly text: string; readonly line: number }[];
}

type TypeNodes = TypeDefinitionNode | TypeExtensionNode;

const MAX_REPAIRS = 100;
const BUILT_IN: ReadonlySet<string> = new Set(['String', 'Int', 'Float', 'Boolean', 'ID']);
/** Scalars that servers bring along and their schemas use without a word. */
const KNOWN_SCALAR = /^(?:AWS[A-Z]\w*|_Any|_?FieldSet|federation__\w+|link__\w+|Upload)$/;

/**
 * Services of a federation extend what others define; parts of a schema define one type in several
 * places; some servers know scalars that nobody declares. Fields of types that are not there at all
 * are left out.
 */
export function mendSdl(document: DocumentNode): MendedSdl {
  const parts = new Map<string, [TypeDefinitionNode, ...TypeDefinitionNode[]]>();
  const others: DefinitionNode[] = [];
  for (const node of document.definitions) {
    if (!isType(node)) {
      others.push(node);
      continue;
    }
    const known = parts.get(node.name.value);
    if (known === undefined) parts.set(node.name.value, [defined(node)]);
    else known.push(defined(node));
  }
  const mending: Mending = { types: parts, scalars: new Set(), repairs: [] };
  const whole = [...parts.values()].map((all) => withKnown(joined(all), mending));
  const scalars = [...mending.scalars].map((value): TypeDefinitionNode => ({
    kind: Kind.SCALAR_TYPE_DEFINITION,
    name: { kind: Kind.NAME, value },
  }));
  const definitions = [...others, ...whole, ...scalars];
  return { document: { kind: Kind.DOCUMENT, definitions }, repairs: mending.repairs };
}

interface Mending {
  /** By name; what is known is only that they are there. */
  readonly types: ReadonlyMap<string, unknown>;
  readonly scalars: Set<string>;
  readonly repairs: { text: string; line: number }[];
}

function isType(node: DefinitionNode): node is TypeNodes {
  return /Type(?:Definition|Extension)$/.test(node.kind);
}

/** The first says what it is; what the others of its kind add is added to it. */
function joined([first, ...others]: readonly [
  TypeDefinitionNode,
  ...TypeDefinitionNode[],
]): TypeDefinitionNode {
  const same = others.filter(({ kind }) => kind === first.kind);
  if (same.length === 0) return first;
  const all = [first, ...same];
  const own = { description: all.find((one) => one.description !== undefined)?.description };
  switch (first.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION: {
      const interfaces = byName(
        all.flatMap((one) => ('interfaces' in one ? (one.interfaces ?? []) : [])),
      );
      return { ...first, ...own, interfaces, fields: byName(all.flatMap(fieldsOf)) };
    }
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      return { ...first, ...own, fields: byName(all.flatMap(inputsOf)) };
    case Kind.ENUM_TYPE_DEFINITION: {
      const values = all.flatMap((one) => ('values' in one ? (one.values ?? []) : []));
      return { ...first, ...own, values: byName(values) };
    }
    case Kind.UNION_TYPE_DEFINITION: {
      const types = all.flatMap((one) => ('types' in one ? (one.types ?? []) : []));
      return { ...first, ...own, types: byName(types) };
    }
    case Kind.SCALAR_TYPE_DEFINITION:
      return { ...first, ...own };
  }
}

function inputsOf(node: TypeDefinitionNode): readonly InputValueDefinitionNode[] {
  return node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION ? (node.fields ?? []) : [];
}

function fieldsOf(node: TypeDefinitionNode): readonly FieldDefinitionNode[] {
  const isOne =
    node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION;
  return isOne ? (node.fields ?? []) : [];
}

function byName<T extends { readonly name: { readonly value: string } }>(nodes: readonly T[]): T[] {
  const named = new Map<string, T>();
  for (const node of nodes) {
    if (!named.has(node.name.value)) named.set(node.name.value, node);
  }
  return [...named.values()];
}

function defined(node: TypeNodes): TypeDefinitionNode {
  switch (node.kind) {
    case Kind.OBJECT_TYPE_EXTENSION:
      return { ...node, kind: Kind.OBJECT_TYPE_DEFINITION };
    case Kind.INTERFACE_TYPE_EXTENSION:
      return { ...node, kind: Kind.INTERFACE_TYPE_DEFINITION };
    case Kind.INPUT_OBJECT_TYPE_EXTENSION:
      return { ...node, kind: Kind.INPUT_OBJECT_TYPE_DEFINITION };
    case Kind.ENUM_TYPE_EXTENSION:
      return { ...node, kind: Kind.ENUM_TYPE_DEFINITION };
    case Kind.UNION_TYPE_EXTENSION:
      return { ...node, kind: Kind.UNION_TYPE_DEFINITION };
    case Kind.SCALAR_TYPE_EXTENSION:
      return { ...node, kind: Kind.SCALAR_TYPE_DEFINITION };
    default:
      return node;
  }
}

function withKnown(type: TypeDefinitionNode, mending: Mending): TypeDefinitionNode {
  const owner = type.name.value;
  switch (type.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION:
      return {
        ...type,
        interfaces: (type.interfaces ?? []).filter((one) => isKnown(one, mending)),
        fields: fieldsOf(type).flatMap((field) => withKnownArguments(field, owner, mending)),
      };
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      return { ...type, fields: knownInputs(type.fields ?? [], owner, mending).kept };
    case Kind.UNION_TYPE_DEFINITION:
      return { ...type, types: (type.types ?? []).filter((one) => isKnown(one, mending)) };
    default:
      return type;
  }
}

function withKnownArguments(
  field: FieldDefinitionNode,
  owner: string,
  mending: Mending,
): FieldDefinitionNode[] {
  const place = `${owner}.${field.name.value}`;
  if (!isKnown(bare(field.type), mending)) {
    tell(mending, field, `${place} is left out: its type is not defined`);
    return [];
  }
  const { kept, needed } = knownInputs(field.arguments ?? [], place, mending);
  if (needed === '') return [{ ...field, arguments: kept }];
  tell(mending, field, `${place} is left out: it needs ${needed}, whose type is not defined`);
  return [];
}

function knownInputs(
  inputs: readonly InputValueDefinitionNode[],
  owner: string,
  mending: Mending,
): { readonly kept: readonly InputValueDefinitionNode[]; readonly needed: string } {
  let needed = '';
  const kept = inputs.filter((input) => {
    if (isKnown(bare(input.type), mending)) return true;
    const isNeeded = input.type.kind === Kind.NON_NULL_TYPE && input.defaultValue === undefined;
    if (isNeeded) needed = input.name.value;
    tell(mending, input, `${owner}.${input.name.value} is left out: its type is not defined`);
    return false;
  });
  return { kept, needed };
}

function isKnown({ name: { value } }: NamedTypeNode, { types, scalars }: Mending): boolean {
  if (types.has(value) || BUILT_IN.has(value)) return true;
  if (KNOWN_SCALAR.test(value)) scalars.add(value);
  return scalars.has(value);
}

function bare(type: TypeNode): NamedTypeNode {
  let at = type;
  while (at.kind !== Kind.NAMED_TYPE) at = at.type;
  return at;
}

function tell(
  { repairs }: Mending,
  node: FieldDefinitionNode | InputValueDefinitionNode,
  text: string,
): void {
  if (repairs.length < MAX_REPAIRS) repairs.push({ text, line: node.loc?.startToken.line ?? 0 });
}
