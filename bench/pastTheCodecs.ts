import fc from 'fast-check';
import { checkCalls } from 'sluice/testing';
import { timed, type Figure } from './figure.ts';

const check = (wires: boolean) => timed(() => checkCalls(fc, { runs: 1500, wires }));

export const pastTheCodecs: Figure = {
  what: 'generated calls past the codecs, over through them',
  unit: 'times',
  measure: () => {
    check(false);
    check(true); // both are warm now
    return check(true) / check(false);
  },
};
