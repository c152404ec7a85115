/* eslint-disable @typescript-eslint/ban-ts-comment -- who does not have fast-check must be able to compile against this: for them
   these types are `any`. Comments of this form, and only these, reach the declaration files. */

/** @ts-ignore The module fast-check, its default export. */
export type FastCheck = (typeof import('fast-check'))['default'];

/** @ts-ignore */
export type Arbitrary<T> = import('fast-check').Arbitrary<T>;
