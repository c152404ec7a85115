import { Command, CommanderError } from 'commander';
import { CommandError, exitCodes, type Subcommand } from './subcommand.ts';
import { packageManifest } from './packageManifest.ts';
import { withoutControlCharacters } from './terminalText.ts';

/** The arguments of each command and its line in the help. */
const help = {
  run: ['<file.wav>', 'answer recorded audio: print the conversation as it happens, write the call as a stereo WAV'],
  emulate: ['', 'serve Flux, Aura and OpenAI chat completions on this machine, for any client'],
  simulate: ['<scenario>', 'play a scenario in virtual time and print the result; exit 1 if a rule was broken'],
  check: ['<file.jsonl>', 'check messages of Flux against the rules that Flux promises to keep; exit 1 if one is broken'],
  tune: [
    '<files.jsonl...>',
    'recommend the thresholds of Flux that suit recorded calls best; exit 1 if there is not enough evidence',
  ],
  replay: ['<call.jsonl>', 'run the current pipeline on a recording in virtual time; exit 1 if the outcome differs'],
  marbles: ['<call.jsonl>', 'print a recording as a marble diagram'],
  timeline: ['<call.jsonl>', 'write a recording as an HTML page to look at and listen to; it needs no network'],
  why: ['<call.jsonl> <event>', 'print an event of a recording and the events that led to it'],
  report: ['<calls.jsonl...>', 'print figures of recorded calls: latency, drafts, interruptions, failures'],
  engines: ['', 'print or install the packages that recognise and synthesize speech without a key'],
} as const;

type Name = keyof typeof help;

/** The file of a command is imported only if the command is named. */
const load: Readonly<Record<Name, () => Promise<Subcommand>>> = {
  run: async () => (await import('./commands/runCommand.ts')).runCommand,
  emulate: async () => (await import('./commands/emulateCommand.ts')).emulateCommand,
  simulate: async () => (await import('./commands/simulateCommand.ts')).simulateCommand,
  check: async () => (await import('./commands/checkCommand.ts')).checkCommand,
  tune: async () => (await import('./commands/tuneCommand.ts')).tuneCommand,
  replay: async () => (await import('./commands/replayCommand.ts')).replayCommand,
  marbles: async () => (await import('./commands/marblesCommand.ts')).marblesCommand,
  timeline: async () => (await import('./commands/timelineCommand.ts')).timelineCommand,
  why: async () => (await import('./commands/whyCommand.ts')).whyCommand,
  report: async () => (await import('./commands/reportCommand.ts')).reportCommand,
  engines: async () => (await import('./commands/enginesCommand.ts')).enginesCommand,
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
    .configureHelp({ subcommandTerm: (command) => withArguments(command.name()) })
    .configureOutput({ outputError: (message, write) => write(`sluice: ${oneLine(message.replace(/^error: /, ''))}`) });
  for (const name of Object.keys(help) as Name[]) {
    const command = program.command(name).description(help[name][1]);
    if (args.includes(name)) (await load[name]())(command, ends);
  }
  return program;
}

const withArguments = (name: string) => `${name} ${name in help ? help[name as Name][0] : '[command]'}`.trim();

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
