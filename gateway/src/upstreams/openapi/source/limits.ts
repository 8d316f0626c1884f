/** How much is read of what others wrote. */
export interface SourceLimits {
  /** Of one source, and of all sources together. */
  readonly maxBytes: number;
  /** Levels of nesting. */
  readonly maxDepth: number;
  /** Values that aliases may make a YAML text stand for. */
  readonly maxNodes: number;
  /** Files that one document may lead to. */
  readonly maxFiles: number;
  readonly maxOperations: number;
}

export const SOURCE_LIMITS: SourceLimits = {
  maxBytes: 64 * 1024 * 1024,
  maxDepth: 200,
  maxNodes: 4_000_000,
  maxFiles: 1000,
  maxOperations: 50_000,
};
