/** Kinds of APIs, as the configuration calls them. */
export const API_KINDS = ['openapi', 'graphql', 'sql', 'grpc', 'soap'] as const;

export type ApiKindName = (typeof API_KINDS)[number];

/** The kind of an entry; undefined where it is no API. */
export function kindOf(
  config: Readonly<Partial<Record<ApiKindName, unknown>>>,
): ApiKindName | undefined {
  return API_KINDS.find((name) => config[name] !== undefined);
}
