import type { AgentEvent } from '../../../operators/events.ts';
import { inWords } from '../../record/inWords.ts';
import { latencyInWords } from './brackets.ts';
import type { CallModel } from './callModel.ts';
import { clock } from './clock.ts';
import { button, element } from './elements.ts';
import { legend } from './eventLooks.ts';

/** Longer chains of causes, and more effects, are cut off. */
const shownCauses = 12;
const shownEffects = 6;

/** Shows one event in words, with its causes and its effects. */
export class Inspector {
  readonly element = element('section', { class: 'inspector', 'aria-label': 'The event', 'aria-live': 'polite' });
  readonly #call: CallModel;
  readonly #go: (event: AgentEvent) => void;

  constructor(call: CallModel, go: (event: AgentEvent) => void) {
    this.#call = call;
    this.#go = go;
    this.element.append(
      element('p', { class: 'hint' }, 'Point at a mark or press an arrow key: the event is shown here, with its cause.'),
      legend(),
    );
  }

  show(event: AgentEvent): void {
    const policy = this.#call.picture.policies[event.id];
    const causes = this.#causes(event);
    const effects = this.#call.effects(event.id).filter(({ type }) => type !== 'Heard');
    this.element.replaceChildren(
      element(
        'p',
        { class: 'event' },
        element('span', { class: 'time' }, clock(event.at, 3)),
        element('strong', {}, `${inWords(event)}${this.#numbers(event)}${policy === undefined ? '' : `; policy ${policy}`}`),
        element('span', { class: 'id' }, `${event.type} ${event.id}`),
      ),
      ...this.#list('because', causes),
      ...this.#list('led to', effects.slice(0, shownEffects)),
      element(
        'details',
        {},
        element('summary', {}, 'all fields'),
        element('pre', { tabindex: '0' }, JSON.stringify(event, undefined, 2)),
      ),
    );
  }

  /** The numbers of a bracket, which the chart may have no room for. */
  #numbers(event: AgentEvent): string {
    const bracket = this.#call.brackets.all.find((one) => one.event === event);
    const numbers = bracket ? latencyInWords(bracket) : '';
    return numbers === '' ? '' : `: ${numbers}`;
  }

  /** The chain of causes. A run of updates or tokens appears once. */
  #causes(event: AgentEvent): readonly AgentEvent[] {
    const chain: AgentEvent[] = [];
    const seen = new Set([event.id]);
    for (let cause = this.#call.event(event.cause); cause && !seen.has(cause.id); cause = this.#call.event(cause.cause)) {
      seen.add(cause.id);
      const isMore = (cause.type === 'Update' || cause.type === 'Token') && chain.at(-1)?.type === cause.type;
      if (!isMore) chain.push(cause);
      if (chain.length === shownCauses) break;
    }
    return chain;
  }

  #list(title: string, events: readonly AgentEvent[]): readonly Node[] {
    if (events.length === 0) return [];
    const items = events.map((event) => {
      const link = button(inWords(event), `go to ${event.type} ${event.id}`, () => this.#go(event));
      link.removeAttribute('aria-label');
      return element('li', {}, element('span', { class: 'time' }, clock(event.at)), link);
    });
    return [element('h2', {}, title), element('ol', {}, ...items)];
  }
}
