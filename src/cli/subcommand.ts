import type { Command } from 'commander';

/** Adds the arguments, the flags and the action to a command. The action calls `ends` with the exit code. */
export type Subcommand = (command: Command, ends: (exitCode: number) => void) => void;
