/** The questions, and how well a ranking answers them. */
import { readFileSync } from 'node:fs';

export interface Question {
  readonly kind: string;
  readonly question: string;
  /** Ids of all acceptable tools. */
  readonly tools: readonly string[];
  /** Never looked at while the ranking is worked on. */
  readonly isHeldOut: boolean;
}

/** What came to a question. */
export interface Outcome {
  readonly question: Question;
  /** Public names, the best first. */
  readonly names: readonly string[];
  /** Place of the first acceptable tool, from 1; 0 where none came. */
  readonly place: number;
}

export interface Score {
  readonly count: number;
  /** Share of questions with an acceptable tool among the first 1, 5 and 10. */
  readonly at1: number;
  readonly at5: number;
  readonly at10: number;
  /** Mean of 1 / place. */
  readonly mrr: number;
}

/** @param path one JSON object per line */
export function readQuestions(path: string | URL): Question[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line, at) => ({ ...JSON.parse(line), isHeldOut: at % 2 === 1 }));
}

export function scoreOf(outcomes: readonly Outcome[]): Score {
  const count = outcomes.length;
  const share = (limit: number): number =>
    outcomes.filter(({ place }) => place > 0 && place <= limit).length / Math.max(count, 1);
  const inverse = outcomes.reduce((sum, { place }) => sum + (place > 0 ? 1 / place : 0), 0);
  return {
    count,
    at1: share(1),
    at5: share(5),
    at10: share(10),
    mrr: inverse / Math.max(count, 1),
  };
}
