/** Schemas of OpenAPI documents as JSON Schema 2020-12. */
export { createSchemaConverter, type SchemaConverter, type SchemaSession } from './converter.ts';
