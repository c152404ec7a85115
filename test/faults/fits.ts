/** Whether these are what is expected; `…` at the end of a line: chance decides how it goes on; ` ×n`: how often. */
export function fits(lines: readonly string[], expected: readonly string[]): boolean {
  const left = [...lines];
  return (
    expected.every((line) => {
      const [, some = ''] = /^(.*) ×n$/u.exec(line) ?? [];
      const [, begins = ''] = /^(.*)…$/u.exec(line) ?? [];
      const next = left.shift();
      if (some === '') return begins === '' ? next === line : next?.startsWith(begins);
      while (left[0] === some) left.shift();
      return next === some;
    }) && left.length === 0
  );
}
