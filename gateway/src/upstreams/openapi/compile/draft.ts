/** An argument before it has a name. */
import type { JsonObject } from '../../../kernel/index.ts';
import type { ArgumentPlan } from '../../api/model.ts';

export interface ArgumentDraft {
  /** As the API knows it. */
  readonly wire: string;
  /** What its name is made of. */
  readonly title: string;
  readonly location:
    | 'path'
    | 'query'
    | 'header'
    | 'cookie'
    | 'querystring'
    | 'body'
    | 'body_property';
  readonly isRequired: boolean;
  readonly role: ArgumentPlan['role'];
  /** Description included. */
  readonly schema: JsonObject;
}

/** A pointer to a property of the body (RFC 6901). */
export function bodyPointer(property: string): string {
  return `/${property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
