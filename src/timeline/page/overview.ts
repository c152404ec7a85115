import type { Call } from './callModel.ts';
import { drawing } from './elements.ts';
import { select } from 'd3-selection';

const height = 40;

/** The whole call in a strip: who was loud when, where it was cut or broke, and which stretch of it is in view. */
export class Overview {
  readonly element: SVGSVGElement = drawing();
  readonly #call: Call;
  #width = 0;
  #view = { from: 0, to: 0 };

  constructor(call: Call, go: (at: number) => void) {
    this.#call = call;
    this.element.setAttribute('class', 'overview');
    this.element.setAttribute('height', `${height}`);
    const moved = ({ buttons, clientX }: PointerEvent) => {
      const { left, width } = this.element.getBoundingClientRect();
      if (buttons > 0) go(((clientX - left) / width) * call.durationMs);
    };
    this.element.addEventListener('pointerdown', moved);
    this.element.addEventListener('pointermove', moved);
    new ResizeObserver(() => this.#draw()).observe(this.element);
  }

  /** A stretch is in view. */
  show(from: number, to: number): void {
    this.#view = { from, to };
    const scale = this.#width / this.#call.durationMs;
    select(this.element)
      .select('.view')
      .attr('x', from * scale)
      .attr('width', Math.max(3, (to - from) * scale));
  }

  #draw(): void {
    this.#width = this.element.clientWidth;
    const svg = select(this.element);
    svg.selectAll('*').remove();
    const { stepMs, caller, agent } = this.#call.loudness;
    const scale = this.#width / this.#call.durationMs;
    const steps = Math.max(1, 1 / (scale * stepMs));
    const bars = (loudness: Uint8Array, down: boolean) => {
      const path: string[] = [];
      for (let left = 0; left < this.#width; left++) {
        let loud = 0;
        for (let step = Math.floor(left * steps); step < (left + 1) * steps; step++) loud = Math.max(loud, loudness[step] ?? 0);
        const long = Math.round(Math.sqrt(loud / 255) * (height / 2 - 3));
        if (long > 0) path.push(`M${left},${height / 2}v${down ? long : -long}`);
      }
      return path.join('');
    };
    svg.append('path').attr('class', 'bars caller').attr('d', bars(caller, false));
    svg.append('path').attr('class', 'bars agent').attr('d', bars(agent, true));
    const ticks = (events: readonly { readonly at: number }[]) =>
      [...new Set(events.map(({ at }) => `M${Math.round(at * scale)},0v${height}`))].join('');
    svg
      .append('path')
      .attr('class', 'bars cut')
      .attr('d', ticks(this.#call.all('BargeIn')));
    svg
      .append('path')
      .attr('class', 'bars fault')
      .attr('d', ticks(this.#call.all('Failure', 'TurnLost')));
    svg
      .append('rect')
      .attr('class', 'view')
      .attr('y', 0.5)
      .attr('height', height - 1);
    this.show(this.#view.from, this.#view.to);
  }
}
