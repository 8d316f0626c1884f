/** What an operation answers with, as far as its selections say. */
import { TypeInfo, visit, visitWithTypeInfo, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { JsonObject } from '../../../kernel/index.ts';
import { shapeOf } from './output-shape.ts';

interface Frame {
  readonly properties: [string, JsonObject][];
}

/** The operation's own selections only: what fragments add is not told. */
export function documentShape(schema: GraphQLSchema, document: DocumentNode): JsonObject {
  const root: Frame = { properties: [] };
  const frames: Frame[] = [root];
  const info = new TypeInfo(schema);
  const [operation] = document.definitions;
  if (operation === undefined) return { type: 'object' };
  visit(
    operation,
    visitWithTypeInfo(info, {
      Field: {
        enter: () => {
          frames.push({ properties: [] });
        },
        leave: ({ alias, name }) => {
          const own = frames.pop();
          const type = info.getType();
          if (own === undefined || type === undefined || type === null) return;
          const shape = shapeOf(type, Object.fromEntries(own.properties));
          frames.at(-1)?.properties.push([(alias ?? name).value, shape]);
        },
      },
    }),
  );
  return { type: 'object', properties: Object.fromEntries(root.properties) };
}
