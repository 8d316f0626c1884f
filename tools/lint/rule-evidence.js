/**
 * The rule that keeps proofs honest: an evidence type comes into being only in the file that owns
 * it. Everywhere else nothing may claim that a value is one: no cast, predicate, assertion,
 * declaration without a value or overload. Works on names; the type-aware rules against unsafe
 * casts stand behind it for types that are only derived from these.
 */
import { EVIDENCE, MINT_CALLERS } from './floors.js';
import { placeOf } from './places.js';

/**
 * @param {any} node
 * @param {(node: any) => void} visit Called for the node and everything below it.
 */
function walk(node, visit) {
  if (node === null || typeof node !== 'object') return;
  if (Array.isArray(node)) {
    for (const child of node) walk(child, visit);
    return;
  }
  if (typeof node.type !== 'string') return;
  visit(node);
  for (const key of Object.keys(node)) {
    if (key !== 'parent' && key !== 'loc' && key !== 'range') walk(node[key], visit);
  }
}

/** @param {any} name Right-most part of a possibly qualified type name. */
function lastName(name) {
  return name?.type === 'TSQualifiedName' ? name.right.name : name?.name;
}

/** The proofs as one file calls them: imported under another name, or summed up in an alias. */
class Proofs {
  /** @type {Map<string, string | undefined>} Local name to the owning file. */
  known = new Map(Object.entries(EVIDENCE));

  /** @param {any} program */
  constructor(program) {
    walk(program, (node) => {
      if (node.type !== 'ImportSpecifier') return;
      const imported = node.imported.name ?? node.imported.value;
      if (Object.hasOwn(EVIDENCE, imported)) this.known.set(node.local.name, EVIDENCE[imported]);
    });
    let before = -1;
    while (before !== this.known.size) {
      before = this.known.size;
      walk(program, (node) => this.#learn(node));
    }
  }

  /** @param {any} node */
  #learn(node) {
    if (node.type === 'TSTypeAliasDeclaration' && this.isSum(node.typeAnnotation)) {
      this.#add(node.id.name);
    } else if (node.type === 'TSInterfaceDeclaration' && node.extends?.some(this.isHeir)) {
      this.#add(node.id.name);
    } else if (node.type === 'TSTypeParameter' && this.find(node.constraint) !== undefined) {
      this.#add(node.name?.name ?? node.name);
    }
  }

  /** @param {string} name */
  #add(name) {
    if (!this.known.has(name)) this.known.set(name, undefined);
  }

  /** @param {any} heritage */
  isHeir = (heritage) => this.known.has(heritage.expression?.name);

  /**
   * @param {any} type
   * @returns {boolean} Whether the type is a proof, or a union or intersection with one.
   */
  isSum(type) {
    if (type?.type === 'TSTypeReference') return this.known.has(lastName(type.typeName));
    if (type?.type === 'TSIntersectionType' || type?.type === 'TSUnionType') {
      return type.types.some((/** @type {any} */ part) => this.isSum(part));
    }
    return type?.type === 'TSParenthesizedType' && this.isSum(type.typeAnnotation);
  }

  /**
   * @param {any} type
   * @returns {string | undefined} The first proof that the type mentions anywhere.
   */
  find(type) {
    /** @type {string | undefined} */
    let found;
    walk(type, (node) => {
      let name;
      if (node.type === 'TSTypeReference') name = lastName(node.typeName);
      if (node.type === 'TSImportType') name = lastName(node.qualifier);
      if (name !== undefined && this.known.has(name)) found ??= name;
    });
    return found;
  }
}

/**
 * @param {any} node
 * @returns {any} The type that this node claims without showing it; nothing for honest nodes.
 */
function claimOf(node) {
  switch (node.type) {
    case 'TSAsExpression':
    case 'TSTypeAssertion':
    case 'TSTypePredicate':
      return node.typeAnnotation;
    case 'TSDeclareFunction':
    case 'TSEmptyBodyFunctionExpression':
      return node.returnType;
    case 'VariableDeclaration':
      return node.declare ? node.declarations : undefined;
    case 'VariableDeclarator':
      return node.definite ? node.id : undefined;
    case 'PropertyDefinition':
      return node.definite || node.declare ? node.typeAnnotation : undefined;
    default:
      return undefined;
  }
}

/**
 * @param {any} node
 * @param {Proofs} proofs
 * @returns {string | undefined} What is wrong with how the node passes a proof on.
 */
function exportFault(node, proofs) {
  if (node.type !== 'ExportNamedDeclaration') return undefined;
  const alias = node.declaration;
  if (alias?.type === 'TSTypeAliasDeclaration' && proofs.isSum(alias.typeAnnotation)) {
    return 'Another name for an evidence type would hide casts onto it; use the type itself.';
  }
  for (const specifier of node.specifiers ?? []) {
    const local = specifier.local.name ?? specifier.local.value;
    const exported = specifier.exported.name ?? specifier.exported.value;
    if (local !== exported && proofs.known.has(local)) {
      return 'An evidence type leaves its room under its own name.';
    }
  }
  return undefined;
}

/**
 * @param {any} node
 * @returns {boolean} Whether a re-export from the evidence file hands out more than types.
 */
function leaksMint(node) {
  if (!/(^|\/)evidence\.ts$/.test(node.source?.value ?? '')) return false;
  if (node.type === 'ExportAllDeclaration') return node.exportKind !== 'type';
  if (node.type !== 'ExportNamedDeclaration' || node.exportKind === 'type') return false;
  return node.specifiers.some((/** @type {any} */ one) => one.exportKind !== 'type');
}

export const evidence = {
  meta: { type: 'problem' },
  /** @param {any} context */
  create(context) {
    const place = placeOf(context.filename);
    if (place === undefined || place.isTest) return {};
    const isSumFile = place.path === 'pipeline/evidence.ts';
    /** @param {any} program */
    const Program = (program) => {
      const proofs = new Proofs(program);
      walk(program, (node) => {
        const claimed = proofs.find(claimOf(node));
        if (claimed !== undefined && proofs.known.get(claimed) !== place.path) {
          const home = proofs.known.get(claimed) ?? 'the files that own its parts';
          const message = `${claimed} is a proof; only ${home} may say that something is one.`;
          context.report({ node, message });
        }
        const fault = isSumFile || isOwner(place.path) ? undefined : exportFault(node, proofs);
        if (fault !== undefined) context.report({ node, message: fault });
        if (place.isDoor && leaksMint(node)) {
          const message = 'A door hands out types of ./evidence.ts only, never what makes them.';
          context.report({ node, message });
        }
        if (node.type === 'Identifier' && isForeignMint(node.name, place)) {
          const message = `Only ${MINT_CALLERS[node.name]} may use ${node.name}.`;
          context.report({ node, message });
        }
      });
    };
    return { Program };
  },
};

/** @param {string} path */
function isOwner(path) {
  return Object.values(EVIDENCE).includes(path);
}

/**
 * @param {string} name
 * @param {import('./places.js').Place} place
 */
function isForeignMint(name, place) {
  if (!Object.hasOwn(MINT_CALLERS, name)) return false;
  return place.room !== 'kernel' && place.room !== MINT_CALLERS[name];
}
