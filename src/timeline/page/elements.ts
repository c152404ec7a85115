type Attributes = Readonly<Record<string, string | number>>;

/** Creates an HTML element. Strings among the children become text, never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const created = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) created.setAttribute(attribute, `${value}`);
  created.append(...children);
  return created;
}

export function button(text: string, label: string, onClick: () => void): HTMLButtonElement {
  const created = element('button', { type: 'button', 'aria-label': label, title: label }, text);
  created.addEventListener('click', onClick);
  return created;
}

/** Creates an SVG element. Numbers are rounded to tenths of a pixel. */
export function svg<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  text = '',
): SVGElementTagNameMap[K] {
  const created = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [attribute, value] of Object.entries(attributes))
    created.setAttribute(attribute, `${typeof value === 'number' ? round(value) : value}`);
  if (text !== '') created.textContent = text;
  return created;
}

/** Creates an SVG element and appends it to another. */
export function add<K extends keyof SVGElementTagNameMap>(
  parent: SVGElement,
  name: K,
  attributes: Attributes,
  text = '',
): SVGElementTagNameMap[K] {
  return parent.appendChild(svg(name, attributes, text));
}

export const round = (pixels: number) => Math.round(pixels * 10) / 10;
