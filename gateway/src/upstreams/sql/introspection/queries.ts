/** Tools that tell which tables there are and what is in them; of the data they show nothing. */
import type { SqlDialect } from '../dialect.ts';
import { isQuery, readQuery, type Query } from '../queries/query.ts';

const LIST_HEAD = `-- name: list_tables
-- description: Lists the tables and views of the database, by schema and name.
-- param like text optional : only names that hold this text
-- param limit integer(1..1000) default 200 : tables of one answer
-- param offset integer(0..1000000) default 0 : tables to pass over
-- page: offset :offset limit :limit
`;
const DESCRIBE_HEAD = `-- name: describe_table
-- description: Shows the columns of a table or view: name, type, whether NULL is allowed, default, key.
-- param table text required : name as list_tables gives it
`;
const SCHEMA_PARAM =
  '-- param schema text optional : schema of the table, where several have one\n';

/** @param schemas that are shown; [] for all but those of the system */
export function introspectionFor(
  dialect: SqlDialect,
  schemas: readonly string[],
): readonly Query[] {
  const texts = TEXTS[dialect](schemas);
  const queries: Query[] = [];
  for (const text of texts) {
    const read = readQuery(text, '', dialect);
    if (!isQuery(read)) throw new Error(read.text);
    queries.push(read);
  }
  return queries;
}

const TEXTS: Readonly<Record<SqlDialect, (schemas: readonly string[]) => readonly string[]>> = {
  postgres: (schemas) => [
    `${LIST_HEAD}
select n.nspname as schema, c.relname as name,
  case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table' else 'table' end as kind,
  obj_description(c.oid, 'pg_class') as comment
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f') and ${inSchemas('n.nspname', schemas, PG_SYSTEM)}
  and has_table_privilege(c.oid, 'SELECT')
  and (:like::text is null or strpos(lower(c.relname), lower(:like::text)) > 0)
order by 1, 2 limit :limit::int offset :offset::int`,
    `${DESCRIBE_HEAD}${SCHEMA_PARAM}
select n.nspname as schema, a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
  not a.attnotnull as nullable, pg_get_expr(d.adbin, d.adrelid) as default,
  coalesce(a.attnum = any(k.conkey), false) as primary_key, col_description(c.oid, a.attnum) as comment
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_catalog.pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
left join pg_catalog.pg_constraint k on k.conrelid = c.oid and k.contype = 'p'
where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relname = :table::text
  and has_table_privilege(c.oid, 'SELECT') and ${inSchemas('n.nspname', schemas, PG_SYSTEM)}
  and (:schema::text is null or n.nspname = :schema::text)
order by n.nspname, a.attnum limit 2000`,
  ],
  mysql: (schemas) => [
    `${LIST_HEAD}
select table_schema as \`schema\`, table_name as name, lower(table_type) as kind, table_comment as comment
from information_schema.tables
where ${inSchemas('table_schema', schemas, MYSQL_SYSTEM)}
  and (:like is null or locate(lower(:like), lower(table_name)) > 0)
order by 1, 2 limit :limit offset :offset`,
    `${DESCRIBE_HEAD}${SCHEMA_PARAM}
select table_schema as \`schema\`, column_name as \`column\`, column_type as type,
  is_nullable = 'YES' as nullable, column_default as \`default\`, column_key = 'PRI' as primary_key,
  column_comment as comment
from information_schema.columns
where table_name = :table and ${inSchemas('table_schema', schemas, MYSQL_SYSTEM)}
  and (:schema is null or table_schema = :schema)
order by table_schema, ordinal_position limit 2000`,
  ],
  sqlite: () => [
    `${LIST_HEAD}
select name, type as kind from sqlite_schema
where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\'
  and (:like is null or instr(lower(name), lower(:like)) > 0)
order by name limit :limit offset :offset`,
    `${DESCRIBE_HEAD}
select c.name as "column", c.type, c."notnull" = 0 as nullable, c.dflt_value as "default",
  c.pk > 0 as primary_key
from sqlite_schema t join pragma_table_xinfo(t.name) c
where t.type in ('table', 'view') and t.name = :table and c.hidden <> 1 order by c.cid limit 2000`,
  ],
};

const PG_SYSTEM = "not like 'pg\\_%' and n.nspname <> 'information_schema'";
const MYSQL_SYSTEM = "not in ('mysql', 'information_schema', 'performance_schema', 'sys')";

/** The operator's own words from the configuration, as literals. */
function inSchemas(column: string, schemas: readonly string[], system: string): string {
  if (schemas.length === 0) return `${column} ${system}`;
  const literals = schemas.map(
    (name) => `'${name.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
  );
  return `${column} in (${literals.join(', ')})`;
}
