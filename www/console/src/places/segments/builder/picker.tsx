// What a condition can be about: a list to search, by mouse or keyboard. What the data does not have
// yet can be typed: it may come tomorrow.
import { Command } from "cmdk";
import { Popover } from "radix-ui";
import { type ReactNode, useState } from "react";

import css from "./builder.module.css";
import { BUILT_IN, newAttribute, newEvent } from "./comparison.ts";
import { kindsOf, useKnown, useProperties } from "./known.ts";
import { type Leaf, WEEKDAYS } from "./leaf.ts";
import { type Ranks, ranked } from "./rank.ts";
import { attributeWords } from "./words.ts";

type Choice = { key: string; words: string; beside?: string; hints?: string; leaf: () => Leaf };
type Choices = Ranks<Choice>;

/** Everything that can be asked. */
function useChoices(text: string, open: boolean): Choices[] {
  const { data, segments, messages, ofEvent, inBrowser } = useKnown();
  const properties = useProperties(ofEvent ?? "", open && ofEvent !== null);
  const named = text.trim();
  if (ofEvent !== null) {
    const choices = properties.map(({ name }) => ({ key: `property ${name}`, words: name, leaf: () => newAttribute(name, []) }));
    const typed = named !== "" && !properties.some(({ name }) => name === named);
    return [
      { heading: `Properties of ${ofEvent}`, choices },
      { heading: "Not seen yet", choices: typed ? [{ key: `typed ${named}`, words: `Property “${named}”`, leaf: () => newAttribute(named, []) }] : [] },
    ];
  }
  const builtIn = BUILT_IN.map(({ name, words, hints }) => ({
    key: `own ${name}`,
    words,
    hints: `${name} ${hints}`,
    leaf: () => newAttribute(name, kindsOf(data, name)),
  }));
  const attributes = data.attributes
    .filter(({ name }) => !BUILT_IN.some((own) => own.name === name))
    .map(({ name, kinds }) => ({
      key: `attribute ${name}`,
      words: attributeWords(name),
      beside: kinds.join(", "),
      hints: name,
      leaf: () => newAttribute(name, kinds),
    }));
  const events = data.events.map(({ name }) => ({ key: `event ${name}`, words: name, leaf: () => newEvent(name) }));
  const more: Choice[] = [
    {
      key: "sequence",
      words: "One event, then another",
      hints: "sequence abandoned cart then not",
      leaf: () => ({
        kind: "sequence",
        first: { name: "", where: [] },
        then: { name: "", where: [] },
        happened: false,
        within: 3_600_000,
        window: { when: "ever" },
      }),
    },
    { key: "share", words: "Random share of people", hints: "percent sample holdout chance", leaf: () => ({ kind: "share", salt: "", from: 0, below: 10 }) },
    { key: "weekday", words: "Day of the week", hints: "weekday weekend local clock", leaf: () => ({ kind: "weekday", days: [...WEEKDAYS].slice(0, 5) }) },
    { key: "hour", words: "Hour of the day", hints: "time local clock", leaf: () => ({ kind: "hour", from: 9, to: 17 }) },
    ...(inBrowser
      ? [{ key: "page", words: "The page they look at", hints: "url path title referrer", leaf: (): Leaf => ({ kind: "page", field: "path", test: "starts_with", operand: null }) }]
      : []),
    { key: "text", words: "Write it as text", hints: "rule expression advanced", leaf: () => ({ kind: "text", rule: null, text: "" }) },
  ];
  const isKnown = [...data.attributes, ...data.events].some(({ name }) => name.toLowerCase() === named.toLowerCase());
  const typed: Choice[] =
    named === "" || isKnown
      ? []
      : [
          { key: `typed attribute ${named}`, words: `Attribute “${named}”`, leaf: () => newAttribute(named, []) },
          { key: `typed event ${named}`, words: `Event “${named}”`, leaf: () => newEvent(named) },
        ];
  return [
    { heading: "Person", choices: builtIn },
    { heading: "Attributes", choices: attributes },
    { heading: "Events", choices: events },
    {
      heading: "Segments",
      choices: segments.map(({ id, name }) => ({ key: `segment ${id}`, words: `In segment ${name}`, hints: id, leaf: () => ({ kind: "segment", id }) })),
    },
    {
      heading: "Messages",
      choices: messages.map(({ id, name }) => ({
        key: `message ${id}`,
        words: name,
        hints: `${id} received opened clicked message`,
        leaf: () => ({ kind: "message", name: id, engagement: "opened", count: { how: "at_least", times: 1 }, window: { when: "ever" } }),
      })),
    },
    { heading: "More", choices: more },
    { heading: "Not seen in the data yet", choices: typed },
  ];
}

export function SubjectPicker({ label, trigger, onPick }: { label: string; trigger: ReactNode; onPick: (leaf: Leaf) => void }) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [selected, setSelected] = useState("");
  // Ours, not the list's own: a name that fits comes before letters that happen to be there in order.
  const choices = ranked(useChoices(text, open), text);
  const first = choices[0]?.choices[0]?.key ?? "";
  const isThere = choices.some((group) => group.choices.some(({ key }) => key === selected));
  const pick = (choice: Choice) => {
    setOpen(false);
    setText("");
    onPick(choice.leaf());
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
      <Popover.Portal>
        {/* What was chosen takes the focus: the new row, not the button that is left. */}
        <Popover.Content className={css.picker} align="start" sideOffset={6} collisionPadding={8} aria-label={label}>
          <Command label={label} loop shouldFilter={false} value={isThere ? selected : first} onValueChange={setSelected}>
            <Command.Input
              value={text}
              onValueChange={(next) => {
                setText(next);
                setSelected("");
              }}
              placeholder="Search attributes, events, segments …"
              className={css.pickerInput}
            />
            <Command.List className={css.pickerList} label={label}>
              <Command.Empty className={css.pickerEmpty}>Nothing is called that.</Command.Empty>
              {choices.map((group) => (
                <Command.Group key={group.heading} heading={group.heading} className={css.pickerGroup}>
                  {group.choices.map((choice) => (
                    <Command.Item key={choice.key} value={choice.key} className={css.pickerItem} onSelect={() => pick(choice)}>
                      <span className="truncate">{choice.words}</span>
                      {choice.beside && <span className="soft small">{choice.beside}</span>}
                    </Command.Item>
                  ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
