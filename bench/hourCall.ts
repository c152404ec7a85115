import { simulate } from 'sluice/testing';
import { median, timed, type Figure } from './figure.ts';
import { hour } from './hour.ts';

export const hourCall: Figure = {
  what: '1 h call, 80 ms audio and 1000 turns, in virtual time',
  unit: 'ms',
  atMost: 1000,
  measure: () => median([1, 2, 3].map(() => timed(() => simulate(hour)))),
};
