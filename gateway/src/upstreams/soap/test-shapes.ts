/** Shapes of any form with values that they take, for tests. */
import fc from 'fast-check';
import { parseExact, type Json, type JsonObject } from '../../kernel/index.ts';
import type { SoapRequest } from './compile/request.ts';
import type {
  AttributeShape,
  ComplexShape,
  ElementShape,
  GroupShape,
  ParticleShape,
  SimpleShape,
  TypeUse,
} from './shape/shape.ts';
import { isXmlText } from './xml/write.ts';

interface Simple {
  readonly shape: SimpleShape;
  readonly value: fc.Arbitrary<Json>;
}

const text = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('<', '&', ']', '>', '"', "'", '\r', '\n', '\t', ' ', 'é') }),
  )
  .filter(isXmlText);
const trimmed = fc.stringMatching(/^[\w.:-]{1,12}$/);
const exact = (pattern: RegExp): fc.Arbitrary<Json> => fc.stringMatching(pattern).map(parseExact);

const simple = (json: SimpleShape['json'], xsd: string, value: fc.Arbitrary<Json>): Simple => ({
  shape: { kind: 'simple', json, xsd },
  value,
});
const INTEGER = simple('integer', 'integer', exact(/^-?[1-9]\d{0,24}$/));
const SIMPLES: readonly Simple[] = [
  simple('string', 'string', text),
  simple(
    'string',
    'dateTime',
    fc.constantFrom('2026-01-31T09:30:00Z', '0001-01-01T00:00:00.5-11:00'),
  ),
  simple(
    'string',
    'base64Binary',
    fc.uint8Array().map((one) => Buffer.from(one).toString('base64')),
  ),
  simple('boolean', 'boolean', fc.boolean()),
  simple('integer', 'long', exact(/^(?:0|-?[1-9]\d{0,18})$/)),
  simple('number', 'decimal', exact(/^-?(?:0|[1-9]\d{0,20})\.\d{1,12}$/)),
  simple(
    'number',
    'double',
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => one + 0),
  ),
  INTEGER,
  {
    shape: { kind: 'simple', json: 'list', xsd: 'string', item: INTEGER.shape },
    value: fc.array(INTEGER.value),
  },
  {
    shape: {
      kind: 'simple',
      json: 'list',
      xsd: 'string',
      item: { kind: 'simple', json: 'string', xsd: 'token' },
    },
    value: fc.array(trimmed, { minLength: 1 }),
  },
  {
    shape: {
      kind: 'simple',
      json: 'union',
      xsd: 'string',
      members: [
        INTEGER.shape,
        { kind: 'simple', json: 'string', xsd: 'string', enum: ['all', 'none'] },
      ],
    },
    value: fc.oneof(INTEGER.value, fc.constantFrom('all', 'none')),
  },
];
const simpleKind = fc.nat(SIMPLES.length - 1);
const kindAt = (at: number): Simple => SIMPLES[at] ?? INTEGER;

/** What a type is made of, before it has names. */
type Plan =
  | { readonly kind: 'simple'; readonly at: number }
  | { readonly kind: 'raw' }
  | { readonly kind: 'text'; readonly at: number; readonly attributes: readonly AttributePlan[] }
  | {
      readonly kind: 'complex';
      readonly attributes: readonly AttributePlan[];
      readonly groups: readonly GroupPlan[];
      readonly isMixed: boolean;
      readonly hasDerived: boolean;
      readonly uri: string;
    };
interface AttributePlan {
  readonly at: number;
  readonly uri: string;
  readonly isRequired: boolean;
}
interface GroupPlan {
  readonly kind: 'sequence' | 'choice';
  readonly repeats: boolean;
  readonly items: readonly MemberPlan[];
}
interface MemberPlan {
  readonly type: Plan;
  readonly uri: string;
  readonly min: number;
  readonly max: number;
  readonly isNillable: boolean;
}

const uri = fc.constantFrom('', 'urn:a', 'urn:b');
const attribute = fc.record({ at: simpleKind, uri, isRequired: fc.boolean() });
const attributes = fc.array(attribute, { maxLength: 3 });
const plans = fc.letrec<{ type: Plan; group: GroupPlan; member: MemberPlan }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({ kind: fc.constant('simple' as const), at: simpleKind }),
    fc.record({ kind: fc.constant('raw' as const) }),
    fc.record({ kind: fc.constant('text' as const), at: simpleKind, attributes }),
    fc.record({
      kind: fc.constant('complex' as const),
      attributes,
      groups: fc.array(tie('group'), { maxLength: 3 }),
      isMixed: fc.boolean(),
      hasDerived: fc.boolean(),
      uri,
    }),
  ),
  group: fc.record({
    kind: fc.constantFrom('sequence' as const, 'choice' as const),
    repeats: fc.boolean(),
    items: fc.array(tie('member'), { minLength: 1, maxLength: 3 }),
  }),
  member: fc.record({
    type: tie('type'),
    uri,
    min: fc.constantFrom(0, 1),
    max: fc.constantFrom(1, 3, -1),
    isNillable: fc.boolean(),
  }),
})).type;

interface Made {
  readonly types: Record<string, ComplexShape>;
  readonly use: TypeUse;
  readonly value: fc.Arbitrary<Json>;
}

/** Names in the order of the plan, so that the same plan is always the same type. */
class Maker {
  readonly types: Record<string, ComplexShape> = {};
  private count = 0;

  type(plan: Plan): Pick<Made, 'use' | 'value'> {
    if (plan.kind === 'simple') {
      const { shape, value } = kindAt(plan.at);
      return { use: shape, value };
    }
    if (plan.kind === 'raw') {
      return {
        use: { kind: 'raw' },
        value: text.filter((one) => !one.trimStart().startsWith('<')),
      };
    }
    return plan.kind === 'text' ? this.textType(plan) : this.complexType(plan);
  }

  private textType(plan: Extract<Plan, { kind: 'text' }>): Pick<Made, 'use' | 'value'> {
    const id = `T${this.count++}`;
    const attributes = plan.attributes.map((one, at) => this.attribute(one, at));
    const { shape, value } = kindAt(plan.at);
    this.types[id] = {
      kind: 'complex',
      ...PLAIN_TYPE,
      local: id,
      uri: '',
      attributes: attributes.map((one) => one.shape),
      content: null,
      text: shape,
      isMixed: false,
      derived: [],
    };
    const members = attributes.map(({ member }) => member);
    const whole = objectOf([...members, { name: '#text', value, isRequired: true }]);
    return { use: { kind: 'ref', id }, value: plan.attributes.length === 0 ? value : whole };
  }

  private complexType(plan: Extract<Plan, { kind: 'complex' }>): Pick<Made, 'use' | 'value'> {
    const id = `T${this.count++}`;
    const attributes = plan.attributes.map((one, at) => this.attribute(one, at));
    const groups = plan.groups.map((one, at) => this.group(one, at));
    const items = groups.map(({ shape }) => shape);
    const shape: ComplexShape = {
      kind: 'complex',
      ...PLAIN_TYPE,
      local: id,
      uri: plan.uri,
      attributes: attributes.map((one) => one.shape),
      content: { kind: 'sequence', min: 1, max: 1, items },
      text: null,
      isMixed: plan.isMixed,
      derived: plan.hasDerived ? [`${id}x`] : [],
    };
    this.types[id] = shape;
    const words = { name: '#text', value: trimmed, isRequired: false };
    const members = attributes.map(({ member }) => member);
    const own = joined([
      objectOf([...members, ...(plan.isMixed ? [words] : [])]),
      ...groups.map(({ value }) => value),
    ]);
    if (!plan.hasDerived) return { use: { kind: 'ref', id }, value: own };
    this.types[`${id}x`] = { ...shape, local: `${id}x`, derived: [] };
    const other = own.map((one): JsonObject => ({ '@xsi:type': `${id}x`, ...one }));
    return { use: { kind: 'ref', id }, value: fc.oneof(own, other) };
  }

  private attribute({ at, uri: space, isRequired }: AttributePlan, index: number) {
    const { shape: type, value } = kindAt(at);
    const name = `@a${index}`;
    const shape: AttributeShape = {
      name,
      local: `a${index}`,
      uri: space,
      type,
      isRequired,
      doc: '',
    };
    return { shape, member: { name, value, isRequired } };
  }

  private group({ kind, repeats, items }: GroupPlan, at: number) {
    const members = items.map((item, index) => this.member(item, `e${at}-${index}`, repeats, kind));
    const particles: ParticleShape[] = members.map(({ shape }) => shape);
    const isChoice = kind === 'choice' && items.length > 1;
    const shape: GroupShape = { kind, min: 1, max: repeats ? -1 : 1, items: particles };
    const whole = members.map(({ member }) => member);
    if (!isChoice) return { shape, value: objectOf(whole) };
    const one = whole.map((each) => objectOf([{ ...each, isRequired: true }]));
    return { shape, value: fc.oneof(...one) };
  }

  private member(
    plan: MemberPlan,
    name: string,
    repeats: boolean,
    kind: GroupPlan['kind'],
  ): { readonly shape: ElementShape; readonly member: Member } {
    const { use, value } = this.type(plan.type);
    // What repeats as a group has one of each in every turn.
    const { min, max } = repeats ? { min: 1, max: 1 } : plan;
    const { uri: space, isNillable } = plan;
    const one = isNillable ? fc.oneof(value, fc.constant(null)) : value;
    const isList = repeats || max !== 1;
    const length = repeats && kind === 'sequence' ? 2 : undefined;
    const lengths =
      length === undefined
        ? { minLength: 1, maxLength: max < 0 || repeats ? 4 : max }
        : { minLength: length, maxLength: length };
    const given = isList ? fc.array(one, lengths) : one;
    return {
      shape: {
        kind: 'element',
        name,
        local: name,
        uri: space,
        type: use,
        min,
        max,
        isNillable,
        doc: '',
      },
      member: { name, value: given, isRequired: min > 0 },
    };
  }
}

/** An operation whose only argument `v` is an element, which it also answers with. */
export function requestOf(
  shape: ElementShape,
  types: Readonly<Record<string, ComplexShape>>,
): SoapRequest {
  return {
    form: 'soap-request-2',
    soap: '1.1',
    action: '',
    address: '',
    isEncoded: false,
    body: [{ shape, argument: 'v', spread: [] }],
    headers: [],
    answers: [shape],
    faults: [],
    isWrapped: false,
    types,
  };
}

/** What an object type has that nothing here is about. */
export const PLAIN_TYPE = { isAbstract: false, isAnonymous: false, saysType: false, doc: '' };

interface Member {
  readonly name: string;
  readonly value: fc.Arbitrary<Json>;
  readonly isRequired: boolean;
}

function joined(parts: readonly fc.Arbitrary<JsonObject>[]): fc.Arbitrary<JsonObject> {
  return fc.tuple(...parts).map((all) => Object.fromEntries(all.flatMap(Object.entries<Json>)));
}

function objectOf(members: readonly Member[]): fc.Arbitrary<JsonObject> {
  const required = members.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  const model = Object.fromEntries(members.map(({ name, value }) => [name, value]));
  return fc.record(model, { requiredKeys: required });
}

/** An operation that takes and gives one value, and such a value. */
export const cases: fc.Arbitrary<readonly [SoapRequest, Json]> = fc
  .tuple(plans, uri, fc.constantFrom('1.1' as const, '1.2' as const), fc.boolean(), fc.boolean())
  .map(([plan, space, soap, isNillable, isEncoded]) => {
    const maker = new Maker();
    const { use, value } = maker.type(plan);
    const shape: ElementShape = {
      kind: 'element',
      name: 'v',
      local: 'v',
      uri: space,
      type: use,
      min: 1,
      max: 1,
      isNillable,
      doc: '',
    };
    const request = { ...requestOf(shape, maker.types), soap, isEncoded };
    return { request, value };
  })
  .chain(({ request, value }) => fc.tuple(fc.constant(request), value));
