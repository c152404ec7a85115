import { Command, CommanderError } from 'commander';
import { CommandError, exitCodes } from './commandError.ts';
import { packageManifest } from './packageManifest.ts';
import type { Subcommand } from './subcommand.ts';
import { withoutControlCharacters } from './withoutControlCharacters.ts';

/** A command: its line in the help, and its file, which is imported only if the command is named. */
interface Entry {
  readonly takes: string;
  readonly does: string;
  readonly load: () => Promise<Subcommand>;
}

const commands: Readonly<Record<string, Entry>> = {
  run: {
    takes: '<file.wav>',
    does: 'answer recorded audio: print the conversation as it happens, write the call as a stereo WAV',
    load: async () => (await import('./commands/runCommand.ts')).runCommand,
  },
  emulate: {
    takes: '',
    does: 'serve Flux, Aura and OpenAI chat completions on this machine, for any client',
    load: async () => (await import('./commands/emulateCommand.ts')).emulateCommand,
  },
  simulate: {
    takes: '<scenario>',
    does: 'play a scenario in virtual time and print the result; exit 1 if a rule was broken',
    load: async () => (await import('./commands/simulateCommand.ts')).simulateCommand,
  },
  check: {
    takes: '<file.jsonl>',
    does: 'check messages of Flux against the rules that Flux promises to keep; exit 1 if one is broken',
    load: async () => (await import('./commands/checkCommand.ts')).checkCommand,
  },
  tune: {
    takes: '<files.jsonl...>',
    does: 'recommend the thresholds of Flux that suit recorded calls best; exit 1 if there is not enough evidence',
    load: async () => (await import('./commands/tuneCommand.ts')).tuneCommand,
  },
  replay: {
    takes: '<call.jsonl>',
    does: 'run the current pipeline on a recording in virtual time; exit 1 if the outcome differs',
    load: async () => (await import('./commands/replayCommand.ts')).replayCommand,
  },
  marbles: {
    takes: '<call.jsonl>',
    does: 'print a recording as a marble diagram',
    load: async () => (await import('./commands/marblesCommand.ts')).marblesCommand,
  },
  timeline: {
    takes: '<call.jsonl>',
    does: 'write a recording as an HTML page to look at and listen to; it needs no network',
    load: async () => (await import('./commands/timelineCommand.ts')).timelineCommand,
  },
  why: {
    takes: '<call.jsonl> <event>',
    does: 'print an event of a recording and the events that led to it',
    load: async () => (await import('./commands/whyCommand.ts')).whyCommand,
  },
  report: {
    takes: '<calls.jsonl...>',
    does: 'print figures of recorded calls: latency, drafts, interruptions, failures',
    load: async () => (await import('./commands/reportCommand.ts')).reportCommand,
  },
  engines: {
    takes: '',
    does: 'print or install the packages that recognise and synthesize speech without a key',
    load: async () => (await import('./commands/enginesCommand.ts')).enginesCommand,
  },
};

/** Runs the command with these arguments and returns the exit code. An error is one line on stderr. */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.done;
  try {
    const program = await programFor(args, (code) => (exitCode = code));
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error);
  }
}

async function programFor(args: readonly string[], ends: (exitCode: number) => void): Promise<Command> {
  const program = new Command('sluice')
    .description('Voice agents on Deepgram Flux, written as RxJS streams.')
    .version(packageManifest().version)
    .exitOverride()
    .configureHelp({ subcommandTerm: (command) => `${command.name()} ${commands[command.name()]?.takes ?? '[command]'}`.trim() })
    .configureOutput({ outputError: (message, write) => write(`sluice: ${oneLine(message.replace(/^error: /, ''))}`) });
  for (const [name, { does, load }] of Object.entries(commands)) {
    const command = program.command(name).description(does);
    if (args.includes(name)) (await load())(command, ends);
  }
  return program;
}

/** Prints the error, unless commander has done so, and returns its exit code. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  process.stderr.write(`sluice: ${oneLine(messageOf(error))}`);
  if (error instanceof CommandError) return error.exitCode;
  return error instanceof Error && invalidFile.has(error.name) ? exitCodes.usage : exitCodes.failed;
}

const invalidFile: ReadonlySet<string> = new Set(['ScenarioError', 'RecordingError']);

function messageOf(error: unknown): string {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' && path !== undefined) return `${path}: no such file.`;
  if (code === 'EISDIR' && path !== undefined) return `${path} is a folder.`;
  return error instanceof Error ? error.message : String(error);
}

/** A message may quote a file, which must not control the terminal. */
function oneLine(message: string): string {
  return `${withoutControlCharacters(message.trim().replace(/\s*\n\s*/g, ' '))}\n`;
}
