// What a survey asks, and the event that the answer is recorded as.
import type { Survey } from "~/api/types.ts";
import { Choice, Input, TextArea } from "~/kit/index.ts";

import type { FormProps } from "../forms.tsx";

const KINDS = [
  { value: "nps", label: "0 to 10" },
  { value: "choice", label: "One of several" },
  { value: "text", label: "In words" },
] as const;
type Kind = (typeof KINDS)[number]["value"];

const kindOf = ({ ask }: Survey): Kind => (typeof ask === "string" ? ask : "choice");

export function Question({ step, onChange }: FormProps) {
  const survey: Survey = step.survey ?? { ask: "nps" };
  const kind = kindOf(survey);
  const put = (next: Survey) => onChange({ ...step, survey: next });
  const set = (name: "event" | "low" | "high" | "send", value: string) => {
    const { [name]: _, ...rest } = survey;
    put(value ? { ...rest, [name]: value } : rest);
  };
  const become = (next: Kind) => {
    const { low, high, ask: _, ...rest } = survey;
    const ends = next === "nps" ? { ...(low && { low }), ...(high && { high }) } : {};
    put({ ...rest, ...ends, ask: next === "choice" ? { choice: ["Yes", "No"] } : next });
  };
  return (
    <>
      <Choice label="Answered with" value={kind} options={KINDS} onChange={become} />
      {kind === "nps" && (
        <div className="row">
          <Input label="0 stands for" placeholder="Not at all" value={survey.low ?? ""} onChange={(event) => set("low", event.target.value)} />
          <Input label="10 stands for" placeholder="Certainly" value={survey.high ?? ""} onChange={(event) => set("high", event.target.value)} />
        </div>
      )}
      {typeof survey.ask === "object" && (
        <TextArea
          label="Answers"
          hint="One a line, two to ten."
          value={survey.ask.choice.join("\n")}
          onChange={(event) => put({ ...survey, ask: { choice: event.target.value.split("\n") } })}
        />
      )}
      <Input
        label="Recorded as the event"
        hint="With the properties question, ask and answer, for segments and exits."
        placeholder="Survey Answered"
        value={survey.event ?? ""}
        onChange={(event) => set("event", event.target.value)}
      />
      <Input label="The button says" placeholder="Send" value={survey.send ?? ""} onChange={(event) => set("send", event.target.value)} />
    </>
  );
}
