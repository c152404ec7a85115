/** How long a voice takes for a character, measured on what it has spoken. */
export class SpeakingPace {
  #ms = 0;
  #characters = 0;
  readonly #startMsPerCharacter: number;

  /** @param msPerCharacter holds until the first measurement; about 65 for Aura (docs/wire/aura.md A8) */
  constructor(msPerCharacter = 65) {
    this.#startMsPerCharacter = msPerCharacter;
  }

  learn(ms: number, characters: number): void {
    this.#ms += ms;
    this.#characters += characters;
  }

  get msPerCharacter(): number {
    return this.#ms > 0 ? this.#ms / this.#characters : this.#startMsPerCharacter;
  }
}
