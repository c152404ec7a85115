import { Command, CommanderError, Option } from 'commander';
import type { CheckFlags } from './commands/checkCommand.ts';
import { CommandError, exitCodes } from './commandError.ts';
import type { EmulateFlags } from './commands/emulateCommand.ts';
import { legible } from './legible.ts';
import { ownPackage } from './package.ts';
import type { MarblesFlags } from './commands/marblesCommand.ts';
import type { ReplayFlags } from './commands/replayCommand.ts';
import { readers, type RunFlags } from './settings.ts';
import type { SimulateFlags } from './commands/simulateCommand.ts';
import type { TuneFlags } from './commands/tuneCommand.ts';
import { text, wholeFrom } from './values.ts';

/** Runs the command with these arguments. The exit code; errors are told on stderr, in a line. */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.done;
  const command = program((code) => (exitCode = code));
  try {
    await command.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error);
  }
}

/** The command. Each subcommand is imported when it is called, so that `--help` is quick. */
function program(ends: (exitCode: number) => void): Command {
  const program = new Command('sluice')
    .description('Voice agents on Deepgram Flux, written as RxJS streams.')
    .version(ownPackage().version)
    .exitOverride()
    .configureOutput({ outputError: (message, write) => write(`sluice: ${oneLine(message.replace(/^error: /, ''))}`) });

  program
    .command('run')
    .description('answer a recording: print the conversation as it happens, write the call as a stereo WAV')
    .argument('<file.wav>', '16-bit PCM, 8 to 48 kHz, mono or stereo', text)
    .option('-o, --output <file>', 'where the call goes: caller left, agent right (default: out/<input name>.wav)', text)
    .option('--record <file>', 'where the recording goes, line by line (default: beside the output, .jsonl)', text)
    .option('--no-record', 'keep no recording')
    .option('--redact', 'take the words out of the recording')
    .option('--flux-model <name>', 'Flux model (default: flux-general-en)', readers.fluxModel)
    .option('--eot <confidence>', 'how sure Flux must be that a turn is over, 0.5 to 1 (default: 0.7)', readers.eot)
    .option('--eager-eot <confidence>', 'how sure for a draft to begin, 0.3 to 0.9 (default: no drafts)', readers.eagerEot)
    .option('--eot-timeout <ms>', 'silence that ends a turn in any case, 500 to 60000 (default: 5000)', readers.eotTimeout)
    .option('--keyterm <word>', 'a word to listen for; may be repeated', more)
    .option('--llm-model <name>', 'language model (default: gpt-4o-mini)', readers.llmModel)
    .option('--voice <name>', 'Aura voice (default: aura-2-phoebe-en)', readers.voice)
    .option('--system <prompt>', 'the prompt (default: a helpful voice assistant, one or two short sentences)')
    .option('--temperature <number>', '0 to 2 (default: 0.7)', readers.temperature)
    .option('--max-tokens <number>', 'the longest answer (default: 100)', readers.maxTokens)
    .addOption(new Option('--eager <depth>', 'how far a draft goes (default: speech)').choices(['off', 'text', 'speech']))
    .option('--deepgram-url <url>', 'where Flux and Aura are')
    .option('--openai-url <url>', 'where chat completions are, with /v1')
    .option('--speed <factor>', 'how much faster than life the recording is played', readers.speed)
    .option('--json', 'one event a line on stdout, nothing else')
    .option('--quiet', 'only what the call came to')
    .addHelpText(
      'after',
      '\nA side without a key (DEEPGRAM_API_KEY, OPENAI_API_KEY) and without a URL is emulated on this machine.\n' +
        'Variables: .env.example has them all. A flag beats a variable.',
    )
    .action(async (file: string, flags: RunFlags) => {
      const { run } = await import('./commands/runCommand.ts');
      ends(await run(file, flags));
    });

  program
    .command('emulate')
    .description('serve Flux, Aura and OpenAI chat completions on this machine, for any client')
    .option('--port <number>', 'default: any that is free', wholeFrom(0, 65_535))
    .addOption(new Option('--backend <name>', 'real engines, or a scenario (default: local)').choices(['local', 'scripted']))
    .addOption(new Option('--mind <name>', 'the old name of --backend').choices(['local', 'scripted']).hideHelp())
    .option('--scenario <file>', 'the scenario of the scripted backend')
    .option('--key <key>', 'the only key to accept (default: any)', text)
    .option('--fault <json>', 'something that goes wrong, as in a scenario; may be repeated', more)
    .option('--control', 'let faults be set by POST /faults')
    .option('--json', 'one event a line on stdout')
    .action(async (flags: EmulateFlags) => {
      const { emulate } = await import('./commands/emulateCommand.ts');
      ends(await emulate(flags));
    });

  program
    .command('simulate')
    .description('play a scenario in virtual time and print what came of it; exit 1 if a rule was broken')
    .argument('<scenario>', 'JSON, or JSONL with one row of Flux a line')
    .option('--json', 'the result as one JSON object')
    .option('--full', 'with --json: every message of each request, not only those added since the one before')
    .action(async (file: string, flags: SimulateFlags) => {
      const { simulate } = await import('./commands/simulateCommand.ts');
      ends(simulate(file, flags));
    });

  program
    .command('check')
    .description('hold messages of Flux against what Flux promises; exit 1 if one breaks a promise')
    .argument('<file.jsonl>', 'one message a line, bare or as { at, message }; or the rows of a scenario')
    .option('--json', 'what was found as one JSON object')
    .action(async (file: string, flags: CheckFlags) => {
      const { check } = await import('./commands/checkCommand.ts');
      ends(check(file, flags));
    });

  program
    .command('tune')
    .description('which thresholds would have served recorded calls best; exit 1 if there is not enough evidence')
    .argument('<files.jsonl...>', 'recordings, or messages of Flux as check reads them')
    .option('-o, --output <file.svg>', 'draw waiting against cut-offs', text)
    .option('--ready <ms>', 'from a model call to the first sound (default: 320)', wholeFrom(0, 60_000))
    .option('--cut-off <ms>', 'how much longer a caller would rather wait than be cut off (default: 3000)', wholeFrom(0, 600_000))
    .option('--wasted <ms>', 'how much sooner an answer must be to be worth a call in vain (default: 100)', wholeFrom(0, 600_000))
    .option('--seed <number>', 'decides the chance in the interval (default: 1)', wholeFrom(0, 2 ** 31))
    .option('--synthetic', "the confidence is made up, by the emulator's local backend for one: it tells nothing")
    .option('--json', 'the result as one JSON object')
    .action(async (files: readonly string[], flags: TuneFlags) => {
      const { tune } = await import('./commands/tuneCommand.ts');
      ends(await tune(files, flags));
    });

  program
    .command('replay')
    .description('run the pipeline of today on a recording, in virtual time; exit 1 if the outcome is another')
    .argument('<call.jsonl>', 'a recording of `sluice run`')
    .option('--agent <json>', 'options of the agent that beat those of the recording: what if? Exit 0 whatever comes of it')
    .option('--eot <confidence>', 'how sure Flux must be that a turn is over, 0.5 to 1: what if?', readers.eot)
    .option('--eager-eot <confidence>', 'how sure for a draft to begin, 0.3 to 0.9: what if?', readers.eagerEot)
    .option('--eot-timeout <ms>', 'silence that ends a turn in any case, 500 to 60000: what if?', readers.eotTimeout)
    .option('--json', 'what came of it as one JSON object')
    .option('--speed <factor>', 'show the call as it happens, so much faster than life', readers.speed)
    .action(async (file: string, flags: ReplayFlags) => {
      const { replay } = await import('./commands/replayCommand.ts');
      ends(await replay(file, flags));
    });

  program
    .command('marbles')
    .description('draw a recording as a marble diagram: who did what when')
    .argument('<call.jsonl>', 'a recording of `sluice run`')
    .option('--turn <turn>', 'one turn and its answer: its number in the call, from 1, or its name, as 0:3', text)
    .option('--test', 'print it as a vitest file that passes as it is, for you to change')
    .action(async (file: string, flags: MarblesFlags) => {
      const { marbles } = await import('./commands/marblesCommand.ts');
      ends(marbles(file, flags));
    });

  program
    .command('timeline')
    .description('draw a recording as a page to look at and listen to: one HTML file that needs no network')
    .argument('<call.jsonl>', 'a recording of `sluice run`')
    .option('-o, --output <file.html>', 'where the page goes (default: beside the recording)', text)
    .action(async (file: string, flags: { output?: string }) => {
      const { timeline } = await import('./commands/timelineCommand.ts');
      ends(timeline(file, flags));
    });

  program
    .command('why')
    .description('what led to an event of a recording, in plain words')
    .argument('<call.jsonl>', 'a recording of `sluice run`')
    .argument('<event>', 'its id', wholeFrom(1, Number.MAX_SAFE_INTEGER))
    .option('--json', 'the chain as a JSON list')
    .action(async (file: string, event: number, flags: { json?: boolean }) => {
      const { why } = await import('./commands/whyCommand.ts');
      ends(why(file, event, flags));
    });

  program
    .command('report')
    .description('what recorded calls came to: how long everything took, drafts, interruptions, failures')
    .argument('<calls.jsonl...>', 'recordings of `sluice run`')
    .option('--json', 'all of it as one JSON object')
    .action(async (files: readonly string[], flags: { json?: boolean }) => {
      const { report } = await import('./commands/reportCommand.ts');
      ends(report(files, flags));
    });

  program
    .command('engines')
    .description('the packages that hear and speak without a key')
    .option('--install', 'put them into ./package.json and install them')
    .action(async (flags: { install?: boolean }) => {
      const { engines } = await import('./commands/enginesCommand.ts');
      ends(await engines(flags));
    });
  return program;
}

const more = (value: string, before: readonly string[] = []) => [...before, text(value)];

/** The error as a line on stderr, and its exit code. Commander has said its own. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  process.stderr.write(`sluice: ${oneLine(messageOf(error))}`);
  if (error instanceof CommandError) return error.exitCode;
  return error instanceof Error && isMisread(error) ? exitCodes.usage : exitCodes.failed;
}

/** A scenario or a recording that is none. */
const isMisread = ({ name }: Error) => name === 'ScenarioError' || name === 'RecordingError';

function messageOf(error: unknown): string {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' && path !== undefined) return `${path}: no such file.`;
  if (code === 'EISDIR' && path !== undefined) return `${path} is a folder.`;
  return error instanceof Error ? error.message : String(error);
}

/** What is told may quote a file: nothing of it steers the terminal. */
function oneLine(message: string): string {
  return `${legible(message.trim().replace(/\s*\n\s*/g, ' '))}\n`;
}
