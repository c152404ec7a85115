/** What a rule may know. */
export interface Said {
  /** The caller's words as they were heard. */
  readonly text: string;
  /** The same in lower case, without punctuation at the ends of words. */
  readonly plain: string;
  /** The agent's last reply, if any. */
  readonly before: string | undefined;
  readonly now: Date;
  /** One of several wordings, the same for the same text in the same turn. */
  readonly oneOf: (wordings: readonly string[]) => string;
}

/** Answers what it knows; leaves the rest to the next rule. */
export type Rule = (said: Said) => string | undefined;
