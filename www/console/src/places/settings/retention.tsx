// For how long events are kept, by their names.
import { Plus, Trash2 } from "lucide-react";
import { type UseFormReturn, useFieldArray } from "react-hook-form";

import { Button, Facts, IconButton, Input } from "~/kit/index.ts";

import { SettingsSection } from "./form.tsx";
import { type Kept, OTHERS, keptOf, retention, withKept } from "./outgoing.ts";
import css from "./settings.module.css";

export function Retention() {
  return (
    <SettingsSection
      name="retention"
      title="How long events are kept"
      about="Once a day, older events go, with their properties. How often somebody did something, and when first and last, stays with them, so that segments answer as before."
      schema={retention}
      of={keptOf}
      merge={withKept}
      read={(settings) => {
        const { kept } = keptOf(settings);
        return kept.length === 0 ? <p>For ever.</p> : <Facts of={kept.map(({ event, span }) => [event === OTHERS ? "All others" : event, span])} />;
      }}
    >
      {(form) => <List form={form} />}
    </SettingsSection>
  );
}

function List({ form }: { form: UseFormReturn<Kept> }) {
  const { control, register, formState } = form;
  const { fields, append, remove } = useFieldArray({ control, name: "kept", keyName: "key" });
  const errors = formState.errors.kept;
  const whole = errors?.root?.message ?? errors?.message;
  return (
    <>
      {fields.length === 0 && <p className="soft">Everything is kept for ever. Page views are usually the first that nobody needs after a quarter.</p>}
      <div>
        {fields.map((field, place) => (
          <fieldset key={field.key} className={css.type}>
            <legend className="unseen">Span {place + 1}</legend>
            <div className={css.pair}>
              <Input label="Event" placeholder="Page Viewed" hint="* stands for all that are not named." {...register(`kept.${place}.event`)} error={errors?.[place]?.event?.message} />
              <Input label="Kept for" placeholder="90d" {...register(`kept.${place}.span`)} error={errors?.[place]?.span?.message} />
            </div>
            <div className="row apart">
              <span />
              <IconButton label={`Remove span ${place + 1}`} small onClick={() => remove(place)}>
                <Trash2 />
              </IconButton>
            </div>
          </fieldset>
        ))}
      </div>
      {whole && (
        <p className="bad small" role="alert">
          {whole}
        </p>
      )}
      <div>
        <Button small icon={<Plus aria-hidden />} onClick={() => append({ event: fields.length === 0 ? OTHERS : "", span: "395d" })}>
          Add a span
        </Button>
      </div>
    </>
  );
}
