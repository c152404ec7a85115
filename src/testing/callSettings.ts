import { hasWords } from '../../operators/turns/equivalent.ts';
import type { Stamp } from '../../operators/events.ts';
import type { BargeInPolicy } from '../../operators/turns/policy.ts';
import { agentDefaults, type AgentOptions, type Control } from '../agent/options.ts';

/** A control and when it was given, in ms of the call. */
export type TimedControl = Control & { readonly at: number };

/** What is known of a call from outside: how it was begun, and what it was told. */
export interface CallSettingsConfig {
  /** The options that the call began with. Defaults to none. */
  readonly options?: AgentOptions;
  /** What it was told and when, in order. Defaults to nothing. */
  readonly controls?: readonly TimedControl[];
  /** When the caller's audio ended. Defaults to never. */
  readonly endAt?: number;
  /** The id of the last event before the call began to close, where that is known: finer than its time. */
  readonly closedAfter?: number | undefined;
}

/** Answers what the rules ask of it. */
export class CallSettings {
  readonly #options: AgentOptions;
  readonly #controls: readonly TimedControl[];
  readonly #endAt: number;
  readonly #closedAfter: number;

  constructor({ options = {}, controls = [], endAt = Infinity, closedAfter = Infinity }: CallSettingsConfig) {
    this.#options = options;
    this.#controls = controls;
    this.#endAt = endAt;
    this.#closedAfter = closedAfter;
  }

  /** When the agent may be cut at this moment; undefined in the millisecond in which that changes. */
  policy(ms: number): BargeInPolicy | false | undefined {
    return this.#at(ms, ({ bargeIn }) => bargeIn);
  }

  /** Whether it ignores its own echo; undefined in the millisecond in which that changes. */
  guarded(ms: number): boolean | undefined {
    return this.#at(ms, ({ echoGuard }) => echoGuard);
  }

  /** Whether it was told to stop then: by hand, by typed text, or for good. */
  stopped(ms: number): boolean {
    return this.#controls.some(
      (control) => control.at === ms && ('interrupt' in control || 'text' in control || 'hangUp' in control),
    );
  }

  /** Whether it was told then, by hand, to say no more of this. */
  dismissed(ms: number): boolean {
    return this.#controls.some((control) => control.at === ms && ('interrupt' in control || 'hangUp' in control));
  }

  /** Whether it was told by hand, then or later, to answer no more. */
  dismissedSince(ms: number): boolean {
    return this.#controls.some((control) => control.at >= ms && 'interrupt' in control);
  }

  /** When it was hung up. */
  get hungUpAt(): number {
    return this.#first((control) => 'hangUp' in control);
  }

  /** When it began to close. */
  get closingAt(): number {
    return Math.min(
      this.#endAt,
      this.hungUpAt,
      this.#first((control) => 'close' in control),
    );
  }

  /** Whether it had surely begun to close by this event. */
  isClosing({ id, at }: Stamp): boolean {
    return id > this.#closedAfter || at > this.closingAt;
  }

  /** Of what it was told to say, in order: whether it may not be cut. */
  get protected(): readonly boolean[] {
    const { greeting } = this.#options;
    const first = greeting ? [typeof greeting !== 'string' && greeting.protect === true] : [];
    return [...first, ...this.#controls.flatMap((control) => ('say' in control ? [control.protect === true] : []))];
  }

  /** Whether nothing but the caller's words decides who speaks. */
  get plain(): boolean {
    const { bargeIn = {}, greeting, context, echoGuard = false } = this.#options;
    const silent = (control: Control) => 'close' in control || 'configure' in control || 'forceEndTurn' in control;
    const always = bargeIn !== false && Object.keys(bargeIn).length === 0 && !echoGuard;
    return always && greeting === undefined && context === undefined && this.#controls.every(silent);
  }

  /** Whether the model is sent all that was said. */
  get remembers(): boolean {
    return this.#options.context === undefined;
  }

  /** How many things it was told to say while it could, at the least: those that were dismissed do not count. */
  get says(): number {
    const told = this.#controls.filter((control) => 'say' in control && hasWords(control.say) && control.at < this.closingAt);
    const dismissed = this.#controls.filter((control) => 'interrupt' in control);
    return told.length + (this.#options.greeting ? 1 : 0) - dismissed.length;
  }

  /** How often the assistant had spoken before the call. */
  get assistants(): number {
    return (this.#options.messages ?? []).filter(({ role }) => role === 'assistant').length;
  }

  #at<T>(ms: number, option: (options: AgentOptions) => T | undefined): T | undefined {
    let now = option({ ...agentDefaults, ...this.#options });
    let since = -1;
    for (const control of this.#controls) {
      if (control.at > ms || !('set' in control)) continue;
      const set = option(control.set);
      if (set === undefined) continue;
      now = set;
      since = control.at;
    }
    return since === ms ? undefined : now;
  }

  #first(is: (control: Control) => boolean): number {
    return this.#controls.find(is)?.at ?? Infinity;
  }
}
