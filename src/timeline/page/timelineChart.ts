import { scaleLinear } from 'd3-scale';
import type { AgentEvent } from '../../../operators/events.ts';
import type { CallModel } from './callModel.ts';
import { drawPointer, drawView } from './drawView.ts';
import { element, svg } from './elements.ts';
import { chartHeight, lanes } from './lanes.ts';
import type { View } from './marks.ts';
import type { Span } from './span.ts';

/** Callbacks of a chart. */
export interface ChartListener {
  /** The pointer is over an event. */
  readonly onHover: (event: AgentEvent) => void;
  /** An event is clicked. */
  readonly onSelect: (event: AgentEvent) => void;
  /** A time is clicked where no event is. */
  readonly onSeek: (at: number) => void;
  /** Another part of the call is in view. */
  readonly onScroll: (from: number, to: number) => void;
}

/** The largest scale, in pixels a millisecond, and the first scale of a call that is too long for the window. */
const largestScale = 2;
const firstScale = 0.09;

/**
 * The lanes in a box that scrolls. The box is as wide as the call, but only the part in view and as much on either side is drawn:
 * a call of hours is as fast as one of a minute.
 */
export class TimelineChart {
  readonly element: HTMLElement;
  readonly scroller: HTMLElement;
  readonly #call: CallModel;
  readonly #listener: ChartListener;
  readonly #wide = element('div', { class: 'wide' });
  readonly #svg = svg('svg', { 'aria-label': 'lanes', role: 'group' });
  readonly #playhead = element('div', { class: 'playhead', hidden: '' });
  #pixelsPerMs = firstScale;
  #drawn: View | undefined;
  #selected: { readonly event: AgentEvent; readonly cause: AgentEvent | undefined } | undefined;
  #playedAt: number | undefined;
  #pending = false;

  constructor(call: CallModel, listener: ChartListener) {
    this.#call = call;
    this.#listener = listener;
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
      'aria-label': 'The call from left to right. Arrow keys select the previous or next event.',
    });
    this.#wide.append(this.#svg, this.#playhead);
    this.#wide.style.height = `${chartHeight}px`;
    this.scroller.append(this.#wide);
    this.element = element('div', { class: 'chart' }, names, this.scroller);
    this.#listen();
  }

  /** Draws for the first time. The chart must be in the page, so that it has a size. */
  start(): void {
    this.#setScale(Math.max(this.#whole, firstScale));
    new ResizeObserver(() => this.#redraw()).observe(this.scroller);
  }

  get view(): Span {
    const from = this.scroller.scrollLeft / this.#pixelsPerMs;
    return { from, to: from + this.#width / this.#pixelsPerMs };
  }

  /** Zooms in (a factor above 1) or out. The time `around` stays where it is. */
  zoom(factor: number, around = (this.view.from + this.view.to) / 2): void {
    const offset = (around - this.view.from) * this.#pixelsPerMs;
    this.#setScale(this.#pixelsPerMs * factor);
    this.scroller.scrollLeft = around * this.#pixelsPerMs - offset;
    this.#redraw();
  }

  /** Shows the whole call. */
  fit(): void {
    this.#setScale(0);
  }

  /** Whether a time is in view. */
  shows(at: number): boolean {
    const { from, to } = this.view;
    return at >= from && at <= to;
  }

  /** Scrolls until a time is in the middle. */
  centre(at: number): void {
    this.scroller.scrollLeft = at * this.#pixelsPerMs - this.#width / 2;
    this.#redraw();
  }

  /** Scrolls until a time is well in view. */
  reveal(at: number): void {
    const { from, to } = this.view;
    const margin = (to - from) / 8;
    if (at >= from + margin && at <= to - margin) return;
    this.scroller.scrollLeft = (at - (to - from) / 3) * this.#pixelsPerMs;
    this.#redraw();
  }

  /** Scrolls and zooms until a part of the call is in view, the whole of it unless it is very long. */
  show(from: number, to: number): void {
    const wanted = (0.8 * this.#width) / Math.max(to - from, 500);
    if (wanted < this.#pixelsPerMs) this.#setScale(Math.max(wanted, firstScale / 3));
    this.scroller.scrollLeft = from * this.#pixelsPerMs - this.#width / 10;
    this.element.scrollIntoView({ block: 'nearest' });
    this.#redraw();
  }

  /** Draws the ring and the arrow of an event. */
  pointAt(event: AgentEvent, cause: AgentEvent | undefined): void {
    this.#selected = { event, cause };
    if (this.#drawn) drawPointer(this.#svg, this.#drawn, event, cause);
  }

  /** Moves the playhead. The view follows it, unless the user has scrolled away. */
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

  /** The scale at which the whole call is in view. */
  get #whole(): number {
    return this.#width / (this.#call.durationMs * 1.01);
  }

  #setScale(pixelsPerMs: number): void {
    this.#pixelsPerMs = Math.min(largestScale, Math.max(pixelsPerMs, this.#whole));
    this.#wide.style.width = `${Math.max(this.#width, Math.ceil(this.#call.durationMs * 1.01 * this.#pixelsPerMs))}px`;
    this.#drawn = undefined;
    this.#redraw();
  }

  /** Draws at the next frame of the screen, if the part in view is not drawn yet. */
  #redraw(): void {
    if (this.#pending) return;
    this.#pending = true;
    requestAnimationFrame(() => {
      this.#pending = false;
      const { from, to } = this.view;
      this.#listener.onScroll(from, to);
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
    drawView(this.#svg, this.#call, this.#drawn);
    if (this.#selected) drawPointer(this.#svg, this.#drawn, this.#selected.event, this.#selected.cause);
  }

  #listen(): void {
    this.scroller.addEventListener('scroll', () => this.#redraw(), { passive: true });
    this.scroller.addEventListener('pointerover', ({ target }) => {
      const event = this.#eventAt(target);
      if (event) this.#listener.onHover(event);
    });
    this.scroller.addEventListener('click', ({ target, clientX }) => {
      const event = this.#eventAt(target);
      if (event) this.#listener.onSelect(event);
      else this.#listener.onSeek((clientX - this.#wide.getBoundingClientRect().left) / this.#pixelsPerMs);
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
