/** What zod found wrong, in the words of somebody who writes the file. */
import {
  describeIssue,
  plainPath,
  unionFindings,
  type Issue,
  type IssueContext,
} from './issue-words.ts';
import type { SchemaGuide } from './json-schema.ts';
import { nearest } from './nearest.ts';
import type { ConfigPath, Finding } from './problem.ts';

/** One or more findings per issue; an issue about three unknown keys gives three. */
export function findingsOf(
  issues: readonly Issue[],
  base: ConfigPath,
  context: IssueContext,
): Finding[] {
  return issues.flatMap((issue) => findingsOfIssue(issue, base, context));
}

function findingsOfIssue(issue: Issue, base: ConfigPath, context: IssueContext): Finding[] {
  const path = [...base, ...plainPath(issue.path)];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key, context.guide));
    case 'invalid_key':
      return [badName(path, issue)];
    case 'invalid_element':
      return findingsOf(issue.issues, path, context);
    case 'invalid_union':
      return unionFindings(issue, path, context, findingsOf);
    default:
      return [describeIssue(issue, path, context)];
  }
}

function badName(path: ConfigPath, issue: Extract<Issue, { code: 'invalid_key' }>): Finding {
  const own = issue.message.startsWith('Invalid key') ? undefined : issue.message;
  const why = own ?? issue.issues.map((inner) => inner.message).join('; ');
  return { path, message: `"${String(path.at(-1))}" cannot be a name here: ${why}`, atKey: true };
}

function unknownKey(path: ConfigPath, key: string, guide: SchemaGuide): Finding {
  const known = guide.keysAt(path);
  const at = { path: [...path, key], atKey: true };
  if (known.includes(key)) {
    return { ...at, message: `"${key}" does not go together with the other keys here` };
  }
  const near = nearest(key, known);
  const hint =
    near !== undefined
      ? `did you mean "${near}"?`
      : known.length > 0
        ? `known keys here: ${known.join(', ')}`
        : undefined;
  return { ...at, message: `unknown key "${key}"`, hint };
}
