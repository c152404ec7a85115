/** The refusal of an upgrade: the status, and the reason for headers and body. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;
  /** When a retry may help. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, code: string, description: string, retryAfterMs?: number) {
    super(description);
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Reads the parameters of an upgrade. Throws a `Refusal` (400) for parameters that are unknown, repeated or out of range. */
export class Query {
  readonly #params: URLSearchParams;
  readonly #code: string;

  /** `code`: the code of refusals. `known`: the allowed parameters; undefined allows all. */
  constructor(params: URLSearchParams, code: string, known?: readonly string[]) {
    this.#params = params;
    this.#code = code;
    for (const name of params.keys()) if (known?.includes(name) === false) this.refuse(`unknown parameter ${name}`);
  }

  refuse(description: string): never {
    throw new Refusal(400, this.#code, description);
  }

  all(name: string): string[] {
    return this.#params.getAll(name);
  }

  text(name: string): string | undefined {
    const values = this.all(name);
    if (values.length > 1) this.refuse(`${name} is given more than once`);
    return values[0];
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    return values.find((value) => value === text) ?? this.refuse(`${name} must be one of ${values.join(', ')}`);
  }

  flag(name: string): boolean | undefined {
    const text = this.oneOf(name, ['true', 'false']);
    return text === undefined ? undefined : text === 'true';
  }

  number(name: string, low = -Infinity, high = Infinity): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
    if (!(value >= low && value <= high))
      this.refuse(`${name} must be a number${low > -Infinity ? ` from ${low} to ${high}` : ''}`);
    return value;
  }
}
