import { simulate } from 'sluice/testing';
import { timed, type Figure } from './figure.ts';
import { hour } from './hour.ts';

export const realTime: Figure = {
  what: 'the same, the first in its process: faster than life',
  unit: 'times',
  measure: () => 3_600_000 / timed(() => simulate(hour)),
};
