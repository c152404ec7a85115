/** The input of a rule: the caller's words and their context. */
export interface RuleInput {
  /** The caller's words. */
  readonly text: string;
  /** The same in lower case, without punctuation at the ends of words. */
  readonly plain: string;
  /** The agent's last reply, if any. */
  readonly before: string | undefined;
  readonly now: Date;
  /** Picks one of several wordings, always the same for the same text in the same turn. */
  readonly oneOf: (wordings: readonly string[]) => string;
}

/** Returns an answer, or `undefined` to leave it to the next rule. */
export type Rule = (input: RuleInput) => string | undefined;
