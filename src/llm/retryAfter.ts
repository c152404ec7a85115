import { asyncScheduler } from 'rxjs';

/**
 * How long a service asks to wait before a retry, in ms: `retry-after-ms`, or `retry-after` in seconds or as a date
 * (docs/wire/openai.md B3). 0 if there is no such header. The client's errors carry the headers.
 */
export function retryAfterMs(error: unknown): number {
  const headers = error instanceof Error && 'headers' in error ? error.headers : undefined;
  if (!(headers instanceof Headers)) return 0;
  const ms = positive(headers.get('retry-after-ms'));
  const after = headers.get('retry-after');
  const seconds = positive(after);
  if (ms !== undefined) return ms;
  if (seconds !== undefined) return seconds * 1000;
  return Math.max(0, Date.parse(after ?? '') - asyncScheduler.now() || 0);
}

function positive(text: string | null): number | undefined {
  const number = text === null || text.trim() === '' ? NaN : Number(text);
  return number >= 0 ? number : undefined;
}
