/** Which arguments are decided for whom at an endpoint. */
import {
  compilePattern,
  itemBindings,
  type BoundArgument,
  type ItemBindings,
  type ItemId,
  type ItemPattern,
  type Principal,
} from '../kernel/index.ts';
import { argumentName, argumentPath } from './argument-path.ts';
import type { BindingConfig } from './binding-schema.ts';
import { bindingValue, type BindingValue } from './binding-value.ts';
import { isWho } from './who.ts';

/** One binding, compiled. */
export interface Binding {
  /** Its place in the configuration. */
  readonly index: number;
  readonly config: BindingConfig;
  readonly items: readonly ItemPattern[];
  readonly path: readonly string[];
  readonly name: string;
  readonly kind: BoundArgument['kind'];
  readonly isHidden: boolean;
  readonly value: BindingValue | undefined;
}

/** @param configs checked by `bindingsSchema`; an invalid one is a programming error */
export function compileBindings(configs: readonly BindingConfig[]): readonly Binding[] {
  return configs.map((config, index) => {
    const { fix, default: preset, hide, argument } = config;
    const path = argumentPath(argument);
    if (typeof path === 'string') throw new Error(path);
    const given = fix !== undefined ? fix : preset;
    return {
      index,
      config,
      items: config.items.map(mustCompile),
      path,
      name: argumentName(path),
      kind: fix !== undefined ? 'fix' : preset !== undefined ? 'default' : 'hide',
      isHidden: hide,
      value: given === undefined ? undefined : bindingValue(given),
    };
  });
}

/** The bindings about one class of callers, in the order of the configuration. */
export class BindingSet {
  /** Equal for callers for whom the same holds and to whom the same is shown. */
  readonly key: string;
  private readonly bindings: readonly Binding[];
  private readonly shown: ReadonlyMap<Binding, string | undefined>;
  private readonly known = new WeakMap<ItemId, { readonly its: ItemBindings | undefined }>();
  private readonly shared = new Map<string, ItemBindings>();

  /** @param all of the endpoint */
  constructor(all: readonly Binding[], principal: Principal, endpoint: string) {
    this.bindings = all.filter(({ config }) => isWho(config.who, principal, endpoint));
    this.shown = new Map(
      this.bindings.map((each) => [
        each,
        each.isHidden ? undefined : each.value?.textFor(principal),
      ]),
    );
    const personal = this.bindings
      .filter(({ isHidden, value }) => !isHidden && value?.isPersonal === true)
      .map((each) => this.shown.get(each) ?? null);
    this.key = JSON.stringify([endpoint, this.bindings.map(({ index }) => index), personal]);
  }

  /** Undefined where nothing of this item is bound. */
  of(id: ItemId): ItemBindings | undefined {
    const known = this.known.get(id);
    if (known !== undefined) return known.its;
    const its = this.find(id);
    this.known.set(id, { its });
    return its;
  }

  private find(id: ItemId): ItemBindings | undefined {
    if (id.kind !== 'tool' && id.kind !== 'prompt') return undefined;
    const about = this.bindings.filter(({ items }) => items.some((one) => one.matches(id)));
    if (about.length === 0) return undefined;
    const isNamed = (one: Binding): boolean =>
      one.items.some((pattern) => !pattern.text.includes('*') && pattern.matches(id));
    const key = about.map((one) => `${one.index}${isNamed(one) ? 'n' : ''}`).join(',');
    let its = this.shared.get(key);
    if (its === undefined) {
      its = itemBindings(this.merge(about, isNamed));
      this.shared.set(key, its);
    }
    return its;
  }

  /** Of several about one argument a fixed value wins, then the first; hidden by one is hidden. */
  private merge(about: readonly Binding[], isNamed: (one: Binding) => boolean): BoundArgument[] {
    const byName = Map.groupBy(about, ({ name }) => name);
    return [...byName.values()].map((several) => {
      const [strongest] = STRENGTH.flatMap((kind) => several.filter((one) => one.kind === kind));
      if (strongest === undefined) throw new Error('no binding of an argument that has one');
      const isHidden = several.some((one) => one.isHidden);
      const { path, name, kind, value } = strongest;
      return {
        path,
        name,
        kind,
        isHidden,
        isNamed: several.some(isNamed),
        shown: isHidden ? undefined : this.shown.get(strongest),
        valueFor: (principal) => value?.textFor(principal),
      };
    });
  }
}

const STRENGTH = ['fix', 'default', 'hide'] as const;

function mustCompile(text: string): ItemPattern {
  const pattern = compilePattern(text);
  if (typeof pattern === 'string') throw new Error(pattern);
  return pattern;
}
