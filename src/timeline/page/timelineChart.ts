import { scaleLinear } from 'd3-scale';
import type { AgentEvent } from '../../../operators/events.ts';
import type { Call } from './callModel.ts';
import { draw, point } from './drawing.ts';
import { drawing, element } from './elements.ts';
import { chartHeight, lanes } from './lanes.ts';
import type { Stretch } from './marks.ts';

/** What a chart tells of itself. */
export interface ChartEvents {
  /** An event is pointed at. */
  readonly pointed: (event: AgentEvent) => void;
  /** It is clicked: it stays what is told of. */
  readonly chosen: (event: AgentEvent) => void;
  /** A moment is clicked where no event is. */
  readonly placed: (at: number) => void;
  /** Another stretch is in view. */
  readonly moved: (from: number, to: number) => void;
}

/** So near it goes, in pixels a millisecond; and so it begins, if the call is longer. */
const nearest = 2;
const atFirst = 0.09;

/**
 * The lanes in a box that scrolls. The box is as wide as the call, but drawn is only what is in view and as much again on
 * either side, so that a call of hours is no slower than one of a minute.
 */
export class Chart {
  readonly element: HTMLElement;
  readonly scroller: HTMLElement;
  readonly #call: Call;
  readonly #events: ChartEvents;
  readonly #wide = element('div', { class: 'wide' });
  readonly #svg = drawing('lanes');
  readonly #playhead = element('div', { class: 'playhead', hidden: '' });
  #pixelsPerMs = atFirst;
  #drawn: Stretch | undefined;
  #told: { readonly event: AgentEvent; readonly cause: AgentEvent | undefined } | undefined;
  #playedAt: number | undefined;
  #pending = false;

  constructor(call: Call, events: ChartEvents) {
    this.#call = call;
    this.#events = events;
    const names = element('div', { class: 'names', 'aria-hidden': 'true' });
    for (const { name, top, height } of lanes) {
      const label = element('div', { class: `name ${name}` }, name);
      label.style.top = `${top}px`;
      label.style.height = `${height}px`;
      names.append(label);
    }
    this.scroller = element('div', {
      class: 'scroller',
      tabindex: '0',
      role: 'application',
      'aria-label': 'The call from left to right. Arrow keys go from event to event.',
    });
    this.#svg.setAttribute('role', 'group');
    this.#wide.append(this.#svg, this.#playhead);
    this.#wide.style.height = `${chartHeight}px`;
    this.scroller.append(this.#wide);
    this.element = element('div', { class: 'chart' }, names, this.scroller);
    this.#listen();
  }

  /** Draws for the first time, once it is in the page and has a size. */
  begin(): void {
    this.#setScale(Math.max(this.#whole, atFirst));
    new ResizeObserver(() => this.#redraw()).observe(this.scroller);
  }

  get view(): { readonly from: number; readonly to: number } {
    const from = this.scroller.scrollLeft / this.#pixelsPerMs;
    return { from, to: from + this.#width / this.#pixelsPerMs };
  }

  /** Nearer (above 1) or farther, around a moment: the middle, if none is given. */
  zoom(factor: number, around = this.#middle): void {
    const offset = (around - this.view.from) * this.#pixelsPerMs;
    this.#setScale(this.#pixelsPerMs * factor);
    this.scroller.scrollLeft = around * this.#pixelsPerMs - offset;
    this.#redraw();
  }

  /** The whole call at once. */
  fit(): void {
    this.#setScale(0);
  }

  /** Whether a moment is in view. */
  shows(at: number): boolean {
    const { from, to } = this.view;
    return at >= from && at <= to;
  }

  /** Scrolls until a moment is in the middle. */
  centre(at: number): void {
    this.scroller.scrollLeft = at * this.#pixelsPerMs - this.#width / 2;
    this.#redraw();
  }

  /** Scrolls until a moment is well in view. */
  reveal(at: number): void {
    const { from, to } = this.view;
    const margin = (to - from) / 8;
    if (at >= from + margin && at <= to - margin) return;
    this.scroller.scrollLeft = (at - (to - from) / 3) * this.#pixelsPerMs;
    this.#redraw();
  }

  /** Brings a stretch into view, whole if that is not too far away. */
  show(from: number, to: number): void {
    const wanted = (0.8 * this.#width) / Math.max(to - from, 500);
    if (wanted < this.#pixelsPerMs) this.#setScale(Math.max(wanted, atFirst / 3));
    this.scroller.scrollLeft = from * this.#pixelsPerMs - this.#width / 10;
    this.element.scrollIntoView({ block: 'nearest' });
    this.#redraw();
  }

  tell(event: AgentEvent, cause: AgentEvent | undefined): void {
    this.#told = { event, cause };
    if (this.#drawn) point(this.#svg, this.#drawn, event, cause);
  }

  /** Where the sound is. It stays in view, unless it was scrolled away from. */
  play(at: number): void {
    const follows = this.#playedAt === undefined || this.shows(this.#playedAt);
    this.#playedAt = at;
    this.#playhead.hidden = false;
    this.#playhead.style.transform = `translateX(${at * this.#pixelsPerMs}px)`;
    if (follows) this.reveal(at);
  }

  get #width(): number {
    return Math.max(1, this.scroller.clientWidth);
  }

  get #middle(): number {
    const { from, to } = this.view;
    return (from + to) / 2;
  }

  /** The scale at which all of the call is in view. */
  get #whole(): number {
    return this.#width / (this.#call.durationMs * 1.01);
  }

  #setScale(pixelsPerMs: number): void {
    this.#pixelsPerMs = Math.min(nearest, Math.max(pixelsPerMs, this.#whole));
    this.#wide.style.width = `${Math.max(this.#width, Math.ceil(this.#call.durationMs * 1.01 * this.#pixelsPerMs))}px`;
    this.#drawn = undefined;
    this.#redraw();
  }

  /** Draws with the next picture of the screen, if what is in view is not drawn yet. */
  #redraw(): void {
    if (this.#pending) return;
    this.#pending = true;
    requestAnimationFrame(() => {
      this.#pending = false;
      const { from, to } = this.view;
      this.#events.moved(from, to);
      const isDrawn = this.#drawn && this.#drawn.from <= Math.max(0, from) && this.#drawn.to >= Math.min(to, this.#end);
      if (!isDrawn) this.#draw(from, to);
    });
  }

  get #end(): number {
    return Math.max(this.#call.durationMs * 1.01, this.#width / this.#pixelsPerMs);
  }

  #draw(viewFrom: number, viewTo: number): void {
    const more = viewTo - viewFrom;
    const [from, to] = [Math.max(0, viewFrom - more), Math.min(this.#end, viewTo + more)];
    const x = scaleLinear([from, to], [0, (to - from) * this.#pixelsPerMs]);
    this.#drawn = { from, to, x, pixelsPerMs: this.#pixelsPerMs };
    this.#svg.style.left = `${from * this.#pixelsPerMs}px`;
    draw(this.#svg, this.#call, this.#drawn);
    if (this.#told) point(this.#svg, this.#drawn, this.#told.event, this.#told.cause);
  }

  #listen(): void {
    this.scroller.addEventListener('scroll', () => this.#redraw(), { passive: true });
    this.scroller.addEventListener('pointerover', ({ target }) => {
      const event = this.#eventAt(target);
      if (event) this.#events.pointed(event);
    });
    this.scroller.addEventListener('click', ({ target, clientX }) => {
      const event = this.#eventAt(target);
      if (event) this.#events.chosen(event);
      else this.#events.placed((clientX - this.#wide.getBoundingClientRect().left) / this.#pixelsPerMs);
    });
    this.scroller.addEventListener(
      'wheel',
      (wheel) => {
        if (!wheel.ctrlKey && !wheel.metaKey) return;
        wheel.preventDefault();
        const at = (wheel.clientX - this.#wide.getBoundingClientRect().left) / this.#pixelsPerMs;
        this.zoom(Math.exp(-wheel.deltaY / 200), at);
      },
      { passive: false },
    );
  }

  #eventAt(target: EventTarget | null): AgentEvent | undefined {
    const mark = target instanceof Element ? target.closest('[data-event]') : null;
    return mark ? this.#call.event(Number(mark.getAttribute('data-event'))) : undefined;
  }
}
