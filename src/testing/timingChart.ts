import type { AgentEvent, SpeechPaused } from '../../operators/events.ts';
import type { Result } from './result.ts';

const steps = [20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000];
const nameWidth = 8;
const labelEvery = 10;

const marks: Partial<Record<AgentEvent['type'], string>> = {
  StartOfTurn: 's',
  Update: '-',
  EagerEndOfTurn: 'e',
  TurnResumed: 'r',
  EndOfTurn: 'E',
  TurnIgnored: 'i',
  TurnLost: 'L',
};

/** The meaning of the marks in a chart. */
export const legend =
  's turn starts  e may be over  r goes on  E is over  i ignored  L lost   = asked and writing  x aborted   # heard  . paused';

/** Draws a call as a timing chart: a row each for the time, the caller, the model and the agent, a column for each step of time. */
export function chart({ events, requests, heard }: Result, width = 100): readonly string[] {
  const ends = [...requests.slice(-1).map(({ at, endedAt = at }) => endedAt), ...heard.slice(-1).map(({ to }) => to)];
  const endMs = Math.max(0, ...events.slice(-1).map(({ at }) => at), ...ends);
  const room = Math.max(labelEvery, width - nameWidth - 1);
  const step = steps.find((ms) => endMs / ms < room) ?? Math.ceil(endMs / (room - 1));
  const columns = Math.floor(endMs / step) + 1;
  const lane = (name: string, draw: (put: (mark: string, from: number, to?: number) => void) => void) => {
    const cells = Array<string>(columns).fill(' ');
    draw((mark, from, to = from) => cells.fill(mark, Math.floor(from / step), Math.floor(to / step) + 1));
    return (name.padEnd(nameWidth) + cells.join('')).trimEnd();
  };

  return [
    scale(step, columns),
    lane('caller', (put) => {
      let open: number | undefined;
      for (const event of events) {
        const mark = marks[event.type];
        if (mark === undefined || (event.type === 'Update' && open === undefined)) continue;
        if (open !== undefined && event.at >= open + step) put('-', open + step, event.at);
        put(mark, event.at);
        open = 'E i L'.includes(mark) ? undefined : event.at;
      }
    }),
    lane('model', (put) => {
      for (const { at, endedAt, abortedAt } of requests) {
        put('=', at, abortedAt ?? endedAt ?? endMs);
        if (abortedAt !== undefined) put('x', abortedAt);
      }
    }),
    lane('agent', (put) => {
      for (const event of events) if (event.type === 'SpeechPaused') put('.', event.at, pauseEnd(events, event) ?? endMs);
      for (const { from, to } of heard) put('#', from, to - 1);
    }),
  ];
}

function scale(step: number, columns: number): string {
  const labels = Array.from({ length: Math.ceil(columns / labelEvery) }, (_, k) =>
    clock(k * labelEvery * step).padEnd(labelEvery),
  );
  return (' '.repeat(nameWidth) + labels.join('')).trimEnd();
}

function pauseEnd(events: readonly AgentEvent[], { id, reply }: AgentEvent & SpeechPaused): number | undefined {
  const isEnd = ({ type }: AgentEvent) => type === 'SpeechResumed' || type === 'ReplyEnded';
  return events.find((event) => event.id > id && isEnd(event) && 'reply' in event && event.reply === reply)?.at;
}

/** Milliseconds as minutes and seconds: `0:02.8`. */
function clock(ms: number): string {
  const tenths = Math.round(ms / 100);
  return `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, '0')}`;
}
