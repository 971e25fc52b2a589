// Up to two buttons and what each does.
import { Plus } from "lucide-react";

import type { ActionButton, Step } from "~/api/types.ts";
import { Button, Input, Select } from "~/kit/index.ts";

import { type FormProps, marker } from "../forms.tsx";
import css from "../message.module.css";

// LIMIT: as the core has it.
const BUTTONS_MAX = 2;

const ACTIONS = {
  open: { label: "Opens an address", field: "Leads to", placeholder: "https://" },
  track: { label: "Records an event", field: "Name of the event", placeholder: "Agreed" },
  call: { label: "Calls a function of the app", field: "Name of the function", placeholder: "startTour" },
  dismiss: { label: "Closes the message", field: "", placeholder: "" },
} as const;
type Kind = keyof typeof ACTIONS;

/** However they are written. */
const buttonsOf = ({ buttons, cta }: Step): readonly ActionButton[] => buttons ?? (cta ? [{ label: cta.label, action: { open: cta.url } }] : []);

/** One that leads somewhere is written in the short form. */
function withButtons({ buttons: _, cta: __, ...rest }: Step, buttons: readonly ActionButton[]): Step {
  const [first, ...others] = buttons;
  if (!first) return rest;
  const { label, action } = first;
  if (others.length === 0 && typeof action === "object" && "open" in action) return { ...rest, cta: { label, url: action.open } };
  return { ...rest, buttons: [...buttons] };
}

function taken(action: ActionButton["action"]): [Kind, string] {
  if (action === "dismiss") return ["dismiss", ""];
  const [entry] = Object.entries(action) as [Kind, string][];
  return entry ?? ["open", ""];
}

const made = (kind: Kind, value: string): ActionButton["action"] => (kind === "dismiss" ? kind : ({ [kind]: value } as ActionButton["action"]));

export function Buttons(props: FormProps) {
  const mark = marker(props);
  const { step, changed } = props;
  const buttons = buttonsOf(step);
  const put = (next: readonly ActionButton[]) => props.onChange(withButtons(step, next));
  const change = (place: number, button: ActionButton) => put(buttons.map((old, at) => (at === place ? button : old)));
  return (
    <>
      {buttons.map((button, place) => {
        const [kind, value] = taken(button.action);
        const { field, placeholder } = ACTIONS[kind];
        const name = buttons.length > 1 ? `Button ${place + 1}` : "Button";
        return (
          // Buttons have no name of their own: their place is who they are.
          <fieldset key={place} className={css.pair}>
            <legend>{mark(changed.has("buttons") ? "buttons" : "cta", name)}</legend>
            <Input label="Words" value={button.label} onChange={(event) => change(place, { ...button, label: event.target.value })} />
            <Select label="What it does" value={kind} onChange={(event) => change(place, { ...button, action: made(event.target.value as Kind, "") })}>
              {Object.entries(ACTIONS).map(([each, { label }]) => (
                <option key={each} value={each}>
                  {label}
                </option>
              ))}
            </Select>
            {field && (
              <div className={css.wide}>
                <Input label={field} placeholder={placeholder} value={value} onChange={(event) => change(place, { ...button, action: made(kind, event.target.value) })} />
              </div>
            )}
            <Button className={css.remove} onClick={() => put(buttons.filter((_, at) => at !== place))}>
              Remove {name.toLowerCase()}
            </Button>
          </fieldset>
        );
      })}
      {buttons.length < BUTTONS_MAX && (
        <div>
          <Button icon={<Plus aria-hidden />} onClick={() => put([...buttons, { label: "", action: { open: "" } }])}>
            Add a button
          </Button>
        </div>
      )}
    </>
  );
}
