import * as ajv from 'ajv/dist/2020.js';
import * as wavefile from 'wavefile';

/** The same libraries for a browser, where a bundle contains them. */
export const libraries = { ajv: () => ajv, wavefile: () => wavefile };
