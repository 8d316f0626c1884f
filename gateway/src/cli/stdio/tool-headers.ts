/** What the definitions of tools that pass by ask their callers to repeat in headers. */
import { ROOT, type HeaderBinding, type JsonView } from '../../kernel/index.ts';
import { bindingsOf, paramHeaders } from '../param-headers.ts';

const ANNOTATION = 'x-mcp-header';
const MAX_TOOLS = 20_000;

export class ToolHeaders {
  private readonly known = new Map<string, readonly HeaderBinding[]>();

  /**
   * Takes note of an answer to `tools/list`.
   * @returns the cursor of its next page, or undefined
   */
  learn(text: string): string | undefined {
    const isTelling = text.includes(ANNOTATION) || text.includes('\\u') || this.known.size > 0;
    if (!isTelling && !text.includes('nextCursor')) return undefined;
    const result = memberOf(JSON.parse(text), 'result');
    const tools = memberOf(result, 'tools');
    for (const tool of Array.isArray(tools) ? tools : []) this.note(tool);
    const cursor = memberOf(result, 'nextCursor');
    return typeof cursor === 'string' ? cursor : undefined;
  }

  /** The headers for a `tools/call`, as far as its tool is known. */
  headersFor(view: JsonView): Record<string, string> {
    const params = view.member(ROOT, 'params');
    const bindings = this.known.get(view.string(view.member(params, 'name')) ?? '');
    if (bindings === undefined) return {};
    return paramHeaders(bindings, view.value(view.member(params, 'arguments')));
  }

  private note(tool: unknown): void {
    const name = memberOf(tool, 'name');
    if (typeof name !== 'string') return;
    const bindings = bindingsOf(memberOf(tool, 'inputSchema'));
    if (bindings.length === 0) this.known.delete(name);
    else if (this.known.size < MAX_TOOLS) this.known.set(name, bindings);
  }
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Reflect.get(value, key);
}
