import type { ReplyEnded } from '../events.ts';

/** Whether a reply was stopped before any of it was heard: a cancelled reply. Not exported from `sluice`. */
export function isCancelled({ heard, interrupted }: Pick<ReplyEnded, 'heard' | 'interrupted'>): boolean {
  return interrupted && heard === '';
}
