/** Rules about imports: who may import whom, and only through doors. */
import { directionFault, emptyName, placeOf, targetOf } from './places.js';

/**
 * Calls `judge` for every import of the file, whatever its form.
 * @param {(source: any, node: any) => void} judge
 */
function onImports(judge) {
  /** @param {any} node */
  const visit = (node) => {
    if (typeof node.source?.value === 'string') judge(node.source.value, node);
  };
  return {
    ImportDeclaration: visit,
    ExportNamedDeclaration: visit,
    ExportAllDeclaration: visit,
    ImportExpression: visit,
    TSImportType: visit,
  };
}

/** Direction: a room imports only from the floors its own floor may use. */
export const floors = {
  meta: { type: 'problem' },
  /** @param {any} context */
  create(context) {
    const from = placeOf(context.filename);
    if (from === undefined) return {};
    return {
      ...onImports((source, node) => {
        const target = targetOf(context.filename, source);
        if (target === undefined) return;
        const to = placeOf(target);
        if (to !== undefined) {
          const fault = directionFault(from, to);
          if (fault !== undefined) context.report({ node, message: fault });
        } else if (!from.isTest) {
          const message = 'Nothing in gateway/src imports files from outside of it.';
          context.report({ node, message });
        }
      }),
    };
  },
};

/** Doors: from elsewhere only `<room>/index.ts`; a door names what it exports. */
export const doors = {
  meta: { type: 'problem' },
  /** @param {any} context */
  create(context) {
    const from = placeOf(context.filename);
    const visitors = onImports((source, node) => {
      const target = targetOf(context.filename, source);
      const to = target === undefined ? undefined : placeOf(target);
      if (to === undefined || to.isDoor || to.room === from?.room) return;
      const message = `${to.path} is inside the room ${to.room}; import from its door ${to.room}/index.ts.`;
      context.report({ node, message });
    });
    return {
      ...visitors,
      /** @param {any} node */
      ExportAllDeclaration(node) {
        visitors.ExportAllDeclaration(node);
        if (from?.isDoor !== true) return;
        context.report({ node, message: 'A door names what it exports; no "export *".' });
      },
    };
  },
};

/** Names: a file or folder is called by what it is for. */
export const names = {
  meta: { type: 'suggestion' },
  /** @param {any} context */
  create(context) {
    const path = context.filename.slice(context.cwd.length);
    const word = emptyName(path);
    return {
      /** @param {any} node */
      Program(node) {
        if (word === undefined) return;
        const message = `"${word}" says nothing about what is in here; name it by what it is for.`;
        context.report({ node, message });
      },
    };
  },
};
