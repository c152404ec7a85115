import type { CallModel } from './callModel.ts';
import { add, svg } from './elements.ts';

const height = 40;

/** The whole call as a strip: loudness of both sides, barge-ins and failures, and a frame around the part in view. */
export class Overview {
  readonly element = svg('svg', { class: 'overview', height, 'aria-hidden': 'true' });
  readonly #call: CallModel;
  #frame: SVGElement | undefined;
  #width = 0;
  #view = { from: 0, to: 0 };

  constructor(call: CallModel, go: (at: number) => void) {
    this.#call = call;
    const onPointer = ({ buttons, clientX }: PointerEvent) => {
      const { left, width } = this.element.getBoundingClientRect();
      if (buttons > 0) go(((clientX - left) / width) * call.durationMs);
    };
    this.element.addEventListener('pointerdown', onPointer);
    this.element.addEventListener('pointermove', onPointer);
    new ResizeObserver(() => this.#draw()).observe(this.element);
  }

  /** Frames the part in view. */
  show(from: number, to: number): void {
    this.#view = { from, to };
    const scale = this.#width / this.#call.durationMs;
    this.#frame?.setAttribute('x', `${from * scale}`);
    this.#frame?.setAttribute('width', `${Math.max(3, (to - from) * scale)}`);
  }

  #draw(): void {
    this.#width = this.element.clientWidth;
    this.element.replaceChildren();
    const scale = this.#width / this.#call.durationMs;
    const steps = Math.max(1, 1 / (scale * this.#call.loudness.stepMs));
    const bars = (side: 'caller' | 'agent', sign: 1 | -1) => {
      const path: string[] = [];
      for (let left = 0; left < this.#width; left++) {
        const loud = this.#call.loudest(side, Math.floor(left * steps), Math.ceil((left + 1) * steps));
        const long = Math.round(loud * (height / 2 - 3));
        if (long > 0) path.push(`M${left},${height / 2}v${sign * long}`);
      }
      return path.join('');
    };
    const ticks = (events: readonly { readonly at: number }[]) =>
      [...new Set(events.map(({ at }) => `M${Math.round(at * scale)},0v${height}`))].join('');
    add(this.element, 'path', { class: 'bars caller', d: bars('caller', -1) });
    add(this.element, 'path', { class: 'bars agent', d: bars('agent', 1) });
    add(this.element, 'path', { class: 'bars cut', d: ticks(this.#call.all('BargeIn')) });
    add(this.element, 'path', { class: 'bars fault', d: ticks(this.#call.all('Failure', 'TurnLost')) });
    this.#frame = add(this.element, 'rect', { class: 'view', y: 0.5, height: height - 1 });
    this.show(this.#view.from, this.#view.to);
  }
}
