const english = `amalthea andromeda apollo arcas aries asteria athena atlas aurora callista cora cordelia delia draco electra
  harmonia helena hera hermes hyperion iris janus juno jupiter luna mars minerva neptune odysseus ophelia orion orpheus pandora
  phoebe pluto saturn selene thalia theia vesta zeus`;

/** The voices of Aura-2 by language (docs/wire/aura.md A9). */
const aura2: Readonly<Record<string, string>> = {
  en: english,
  es: `agustina alvaro antonia aquila carina celeste diana estrella gloria javier luciano nestor olivia selena silvia sirio valerio`,
  de: 'aurelia elara fabian julius kara lara viktoria',
  nl: 'beatrix cornelia daphne hestia lars leda rhea roman sander',
  fr: 'agathe hector',
  it: 'cesare cinzia demetra dionisio elio flavio livia maia melia',
  ja: 'ama ebisu fujin izanami uzume',
};

/** The voices of the first generation, all English. */
const aura1 = 'asteria luna stella athena hera orion arcas perseus angus orpheus helios zeus';

/** All model names of `/v1/speak`. */
export const voices: ReadonlySet<string> = new Set([
  ...Object.entries(aura2).flatMap(([language, names]) => names.split(/\s+/).map((name) => `aura-2-${name}-${language}`)),
  ...aura1.split(' ').map((name) => `aura-${name}-en`),
]);

/** Whether a voice supports `speed`. */
export function hasSpeed(model: string): boolean {
  return /^aura-2-.*-(en|es)$/.test(model);
}
