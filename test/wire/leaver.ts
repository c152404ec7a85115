import { NEVER } from 'rxjs';
import { deepgram } from '../../src/wire/deepgram.ts';

/**
 * A separate process that connects to the server at argv[2] and leaves: at once, while connecting, once open, when
 * refused; the parent notifies it when it is connecting. Then it reports that, and should end by itself.
 */
const [, , baseUrl = ''] = process.argv;
const left: string[] = [];

function listen(moment: string): () => void {
  const leave = () => {
    listening.unsubscribe();
    left.push(moment);
    if (left.length < 4) return;
    process.send?.(left);
    process.disconnect();
  };
  const wire = deepgram({ service: 'listen.v2', apiKey: 'k', baseUrl, args: { tag: moment } });
  const listening = NEVER.pipe(wire).subscribe({ next: leave, error: leave });
  return leave;
}

listen('at once')();
listen('open');
listen('refused');
process.once('message', listen('connecting'));
