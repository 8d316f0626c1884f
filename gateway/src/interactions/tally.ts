/** What is counted over the whole life of the process. */
export interface Tally {
  /** Calls that could not be parked, or whose caller could not be asked. */
  refused: number;
  /** Questions that nobody answered. */
  unanswered: number;
  /** Answers to nothing: late, given twice, or of somebody who was not asked. */
  ignored: number;
}
