/** Measures the time that a voice takes for a character. */
export class SpeakingPace {
  #ms = 0;
  #characters = 0;
  readonly #startMsPerCharacter: number;

  /** @param msPerCharacter used until the first measurement; about 65 for Aura (docs/wire/aura.md A8) */
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
