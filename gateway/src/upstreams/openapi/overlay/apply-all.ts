import type { SourceLimits } from '../source/limits.ts';
import type { Parsed, TextFault } from '../source/parsed.ts';

export function applyOverlays(
  parsed: Parsed,
  overlays: readonly Buffer[],
  _limits: SourceLimits,
): Parsed | TextFault {
  return overlays.length === 0 ? parsed : { text: 'Overlays cannot be applied yet.', line: 0 };
}
