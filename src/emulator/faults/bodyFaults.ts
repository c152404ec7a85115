import type { ServerResponse } from 'node:http';
import { concatMap, map, Subject, timer } from 'rxjs';
import { hitsOf, type Hit, type Hits } from './faults.ts';
import { pieces } from './splitText.ts';

/** Writes the events of a stream. */
export interface EventBody {
  readonly write: (event: string) => void;
  readonly end: (event?: string) => void;
}

/** The body of an answer, with the faults `crlf`, `comments`, `join` and `split`. */
export function eventBody(response: ServerResponse, hits: Hits): EventBody {
  const plain: EventBody = {
    write: (event) => void response.write(event),
    end: (event) => void response.end(event),
  };
  if (hits.length === 0) return plain;
  const written = hitsOf(hits, 'split').reduce((body, hit) => inPieces(body, response, hit), plain);
  return hitsOf(hits, 'join').reduce(inPairs, reworded(written, hits));
}

function reworded(body: EventBody, hits: Hits): EventBody {
  const comments = hitsOf(hits, 'comments');
  const crlf = hitsOf(hits, 'crlf');
  const word = (event: string): string => {
    const commented = comments.some(({ strikes }) => strikes()) ? `: keep-alive\n\n${event}` : event;
    return crlf.some(({ strikes }) => strikes()) ? commented.replaceAll('\n', '\r\n') : commented;
  };
  return {
    write: (event) => body.write(word(event)),
    end: (event) => body.end(event === undefined ? undefined : word(event)),
  };
}

function inPairs(body: EventBody, { strikes }: Hit<'join'>): EventBody {
  let held = '';
  const taken = (event: string): string => {
    const both = held + event;
    held = '';
    return both;
  };
  return {
    write: (event) => {
      if (held === '' && strikes()) held = event;
      else body.write(taken(event));
    },
    end: (event = '') => body.end(taken(event)),
  };
}

/** Writes each piece in another tick; else they would be sent together. */
function inPieces(body: EventBody, response: ServerResponse, { strikes, random }: Hit<'split'>): EventBody {
  const acts = new Subject<() => void>();
  const acting = acts.pipe(concatMap((act) => timer(0).pipe(map(() => act)))).subscribe((act) => act());
  response.on('close', () => acting.unsubscribe());
  const write = (event: string) => {
    const parts = strikes() ? pieces(event, random()) : [Buffer.from(event)];
    for (const part of parts) acts.next(() => response.write(part));
  };
  return {
    write,
    end: (event) => {
      if (event !== undefined) write(event);
      acts.next(() => body.end());
    },
  };
}
