import { main } from './cli/main.ts';

// A reader that goes away (`| head -1`) is no failure; a command that has more to do hears of it by itself.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

process.exitCode = await main(process.argv.slice(2));
// Nothing should be left running; if something is, it does not keep the terminal.
setTimeout(() => process.exit(), 2000).unref();
