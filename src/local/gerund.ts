/** "go" → "going", "make" → "making", "stop" → "stopping". */
export function gerund(verb: string): string {
  if (doubled.has(verb)) return `${verb}${verb.at(-1) ?? ''}ing`;
  if (verb.endsWith('ie')) return `${verb.slice(0, -2)}ying`;
  if (/[^eoy]e$/.test(verb)) return `${verb.slice(0, -1)}ing`;
  return `${verb}ing`;
}

const doubled = new Set(
  `stop get put set run cut sit begin plan grab drop swim hit shut dig step spin tap pin map chop pat rub trim scan ship strip
  swap wrap zip`.split(/\s+/),
);

/** Verbs that begin a command to a machine; enough for a demonstration. */
export const commandVerbs = new Set(
  `go turn move stop start open close play show call book find send walk drive pick put take bring switch set lift drop wait
  come look make give clean wash order run read write sing dance jump follow carry fetch push pull press lock unlock cancel
  remind order buy pay check cook bake cut add remove delete fly land climb continue return raise lower park paint print pause
  resume mute record search schedule reserve charge fill empty feed water pour mix heat cool dim throw catch shake rotate back
  slow hurry sit stand leave enter cross reach grab hold keep help begin finish try do plan build fix repair draw count
  describe translate sort copy save load connect`.split(/\s+/),
);
