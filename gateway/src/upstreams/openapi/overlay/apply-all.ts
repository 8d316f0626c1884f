/** Applies the overlays of an API to its document before anything else looks at it. */
import type { SourceLimits } from '../source/limits.ts';
import { parseSource } from '../source/parse.ts';
import type { Parsed, TextFault, TextRepair } from '../source/parsed.ts';
import { applyOverlay, MAX_WRITTEN, type Draft } from './overlay.ts';

/** @returns the changed document, or which overlay cannot be applied and why */
export function applyOverlays(
  parsed: Parsed,
  overlays: readonly Buffer[],
  limits: SourceLimits,
): Parsed | TextFault {
  if (overlays.length === 0) return parsed;
  const draft: Draft = {
    root: parsed.hasAliases ? unshared(parsed.node) : parsed.node,
    left: MAX_WRITTEN,
    maxDepth: limits.maxDepth,
    unchecked: 0,
  };
  const repairs: TextRepair[] = [...parsed.repairs];
  let { mentionsOthers } = parsed;
  for (const [index, bytes] of overlays.entries()) {
    const name = overlays.length === 1 ? 'The overlay' : `Overlay ${index + 1}`;
    const overlay = parseSource(bytes, limits);
    if (!('node' in overlay)) {
      const where = overlay.line > 0 ? ` (line ${overlay.line})` : '';
      return { text: `${name} cannot be read: ${overlay.text}${where}.`, line: 0 };
    }
    const notes = applyOverlay(draft, overlay.node);
    if (typeof notes === 'string') return { text: `${name} cannot be applied. ${notes}`, line: 0 };
    for (const note of notes) repairs.push({ what: `${name}: ${note}`, pointer: '#' });
    mentionsOthers ||= overlay.mentionsOthers;
  }
  return { ...parsed, node: draft.root, repairs, mentionsOthers, hasAliases: false };
}

/** A tree in which no value stands twice, so that a change of one place changes no other. */
function unshared(node: unknown): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(node));
  return copy;
}
