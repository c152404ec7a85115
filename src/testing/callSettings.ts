import type { Stamp } from '../../operators/events.ts';
import { hasWords } from '../../operators/turns/equivalent.ts';
import type { BargeInPolicy } from '../../operators/turns/policy.ts';
import { agentDefaults, type AgentOptions, type Control } from '../agent/options.ts';

/** A control and the time at which the agent receives it, in ms from the start of the call. */
export type TimedControl = Control & { readonly at: number };

/** How a call was configured and controlled. */
export interface CallSettingsConfig {
  /** The options at the start of the call. Defaults to none. */
  readonly options?: AgentOptions;
  /** The controls, in order of time. Defaults to none. */
  readonly controls?: readonly TimedControl[];
  /** When the caller's audio ends. Defaults to never. */
  readonly endAt?: number;
  /** The id of the last event before the call began to close, if known: more precise than a time. */
  readonly closedAfter?: number | undefined;
}

/** Answers what the rules need to know about the options and controls of a call. */
export class CallSettings {
  readonly #options: AgentOptions;
  readonly #controls: readonly TimedControl[];
  readonly #closedAfter: number;
  /** When `hangUp` was sent, and when the call began to close. */
  readonly hungUpAt: number;
  readonly closingAt: number;

  constructor({ options = {}, controls = [], endAt = Infinity, closedAfter = Infinity }: CallSettingsConfig) {
    this.#options = options;
    this.#controls = controls;
    this.#closedAfter = closedAfter;
    const first = (key: string) => controls.find((control) => key in control)?.at ?? Infinity;
    this.hungUpAt = first('hangUp');
    this.closingAt = Math.min(endAt, this.hungUpAt, first('close'));
  }

  /** The barge-in policy at a time; undefined in the millisecond in which it changes. */
  policy(ms: number): BargeInPolicy | false | undefined {
    return this.#at(ms, ({ bargeIn }) => bargeIn);
  }

  /** Whether the echo guard is on at a time; undefined in the millisecond in which that changes. */
  echoGuard(ms: number): boolean | undefined {
    return this.#at(ms, ({ echoGuard }) => echoGuard);
  }

  /** Whether a control stopped the agent at this time: `interrupt`, typed text or `hangUp`. */
  isStopped(ms: number): boolean {
    return this.isDismissed(ms) || this.#controls.some((control) => control.at === ms && 'text' in control);
  }

  /** Whether `interrupt` or `hangUp` stopped the agent at this time. */
  isDismissed(ms: number): boolean {
    return this.#controls.some((control) => control.at === ms && ('interrupt' in control || 'hangUp' in control));
  }

  /** Whether an `interrupt` was sent at this time or later. */
  isDismissedSince(ms: number): boolean {
    return this.#controls.some((control) => control.at >= ms && 'interrupt' in control);
  }

  /** Whether the call was certainly closing at this event. */
  isClosing({ id, at }: Stamp): boolean {
    return id > this.#closedAfter || at > this.closingAt;
  }

  /** For the greeting and each `say`, in order: whether it is protected. */
  get protectedLines(): readonly boolean[] {
    const { greeting } = this.#options;
    const first = greeting ? [typeof greeting !== 'string' && greeting.protect === true] : [];
    return [...first, ...this.#controls.flatMap((control) => ('say' in control ? [control.protect === true] : []))];
  }

  /** Whether only the caller's words decide who speaks. */
  get isPlain(): boolean {
    const { bargeIn = {}, greeting, context, echoGuard = false } = this.#options;
    const silent = (control: Control) => 'close' in control || 'configure' in control || 'forceEndTurn' in control;
    const always = bargeIn !== false && Object.keys(bargeIn).length === 0 && !echoGuard;
    return always && greeting === undefined && context === undefined && this.#controls.every(silent);
  }

  /** Whether the model is sent the whole conversation. */
  get sendsHistory(): boolean {
    return this.#options.context === undefined;
  }

  /** The least number of lines (greeting and `say`) that must be spoken; each `interrupt` may dismiss one. */
  get lines(): number {
    const says = this.#controls.filter((control) => 'say' in control && hasWords(control.say) && control.at < this.closingAt);
    const dismissed = this.#controls.filter((control) => 'interrupt' in control);
    return says.length + (this.#options.greeting ? 1 : 0) - dismissed.length;
  }

  /** How many messages of the assistant the call started from. */
  get earlierReplies(): number {
    return (this.#options.messages ?? []).filter(({ role }) => role === 'assistant').length;
  }

  #at<T>(ms: number, option: (options: AgentOptions) => T | undefined): T | undefined {
    let now = option({ ...agentDefaults, ...this.#options });
    let since = -1;
    for (const control of this.#controls) {
      const set = control.at <= ms && 'set' in control ? option(control.set) : undefined;
      if (set === undefined) continue;
      now = set;
      since = control.at;
    }
    return since === ms ? undefined : now;
  }
}
