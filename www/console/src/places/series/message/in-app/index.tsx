// The fields of a message in the app: its shape, what it says, its buttons or question, and when it comes up.
import { Choice, Input } from "~/kit/index.ts";

import { type FormProps, marker, setter } from "../forms.tsx";
import { LiquidField } from "../liquid-field.tsx";
import { Buttons } from "./buttons.tsx";
import { Question } from "./question.tsx";
import { When } from "./when.tsx";

const LAYOUTS = [
  { value: "banner", label: "Banner" },
  { value: "modal", label: "Modal" },
  { value: "slide_out", label: "Slide-out" },
  { value: "tooltip", label: "Tooltip" },
  { value: "survey", label: "Survey" },
] as const;
const POSITIONS = [
  { value: "top", label: "Top" },
  { value: "bottom", label: "Bottom" },
  { value: "inline", label: "In the page" },
] as const;

export function InAppForm(props: FormProps) {
  const [set, mark] = [setter(props), marker(props)];
  const { step } = props;
  const layout = step.layout ?? "banner";
  const position = step.position ?? "top";

  /** Another shape, without what only the one before had. */
  const become = (next: typeof layout, where: typeof position) => {
    const { layout: _, position: __, target, survey, cta, buttons, ...rest } = step;
    const points = next === "tooltip" || (next === "banner" && where === "inline");
    props.onChange({
      ...rest,
      ...(next !== "banner" && { layout: next }),
      ...(next === "banner" && where !== "top" && { position: where }),
      ...(points && { target: target ?? "" }),
      ...(next === "survey" ? { survey: survey ?? { ask: "nps" } } : { ...(cta && { cta }), ...(buttons && { buttons }) }),
    });
  };

  return (
    <>
      <div className="row">
        <Choice label="Layout" value={layout} options={LAYOUTS} onChange={(value) => become(value, position)} />
        {layout === "banner" && <Choice label="Where" value={position} options={POSITIONS} onChange={(value) => become(layout, value)} />}
      </div>
      {step.target !== undefined && (
        <Input
          label={mark("target", layout === "tooltip" ? "Points at" : "Stands in")}
          hint="A CSS selector, such as #reports. The message waits until the page has it."
          maxLength={500}
          value={step.target}
          onChange={(event) => props.onChange({ ...step, target: event.target.value })}
        />
      )}
      <LiquidField label={mark("title", layout === "survey" ? "Question" : "Title")} name="Title" value={step.title ?? ""} sink="plain" emoji onChange={(value) => set("title", value)} />
      <LiquidField label={mark("body", "Text")} name="Text" value={step.body ?? ""} sink="plain" lines={4} onChange={(value) => props.onChange({ ...step, body: value })} />
      <Input label={mark("image", "Address of a picture")} type="url" placeholder="https://" value={step.image ?? ""} onChange={(event) => set("image", event.target.value)} />
      {step.image && (
        <Input
          label={mark("alt", "What the picture shows")}
          hint="Read to those who do not see it. Empty if it only decorates."
          value={step.alt ?? ""}
          onChange={(event) => set("alt", event.target.value)}
        />
      )}
      {layout === "survey" ? <Question {...props} /> : <Buttons {...props} />}
      <When {...props} />
    </>
  );
}
