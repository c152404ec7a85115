import type { Command } from 'commander';

/** Adds the arguments, the flags and the action to a command. The action calls `ends` with the exit code. */
export type Subcommand = (command: Command, ends: (exitCode: number) => void) => void;

/** The flag of a command that can print its result as JSON. */
export interface JsonFlag {
  readonly json?: boolean;
}

/** Ends the command with its message as one line on stderr. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  constructor(message: string, exitCode = 1, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
  }
}

/** The exit codes of the command. */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130, terminated: 143 } as const;

/** The error for a flag, an argument, a variable or a scenario that cannot be used. */
export const usageError = (message: string, cause?: unknown) => new CommandError(message, exitCodes.usage, cause);
