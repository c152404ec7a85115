/* eslint-disable @typescript-eslint/ban-ts-comment -- without fast-check these types are `any`, so that users
   without it can compile. Only comments of this form are kept in the declaration files. */

/** @ts-ignore The module fast-check, its default export. */
export type FastCheck = (typeof import('fast-check'))['default'];

/** @ts-ignore */
export type Arbitrary<T> = import('fast-check').Arbitrary<T>;
