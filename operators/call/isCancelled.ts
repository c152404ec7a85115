import type { ReplyEnded } from '../events.ts';

/** Whether a reply is cancelled: it was stopped before any of it was heard. Not exported from `sluice`. */
export function isCancelled({ heard, interrupted }: Pick<ReplyEnded, 'heard' | 'interrupted'>): boolean {
  return interrupted && heard === '';
}
