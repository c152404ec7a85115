/** How fast a voice speaks, from what it has spoken. The same as `Hearing` takes it for, so that both mean the same words. */
export class Pace {
  #ms = 0;
  #characters = 0;

  learn(ms: number, characters: number): void {
    this.#ms += ms;
    this.#characters += characters;
  }

  get msPerCharacter(): number {
    return this.#ms > 0 ? this.#ms / this.#characters : 65;
  }
}
