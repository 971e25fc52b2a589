// Programs that are told what happens: a CRM, a warehouse.
import { Plus, Trash2 } from "lucide-react";
import { type UseFormReturn, useFieldArray } from "react-hook-form";

import { Button, Checkbox, IconButton, Input, Table } from "~/kit/index.ts";

import { SettingsSection } from "./form.tsx";
import { HOOKS_MAX, type Hooks, TOLD, hooks, hooksOf, withHooks } from "./outgoing.ts";
import css from "./settings.module.css";

export function Webhooks() {
  return (
    <SettingsSection
      name="webhooks"
      title="Webhooks"
      about="Programs of yours that are told what happens, as it happens: a signed request for each thing, tried again until it is taken. What is given up lies among the dead letters."
      schema={hooks}
      of={hooksOf}
      merge={withHooks}
      read={(settings) => (
        <Table
          label="Webhooks"
          rows={hooksOf(settings).hooks}
          id={({ id }) => id}
          empty={<p>No program is told anything.</p>}
          columns={[
            { name: "Id", cell: ({ id }) => <code>{id}</code> },
            { name: "Address", cell: ({ url }) => <code>{url}</code>, grow: true },
            { name: "Is told", cell: ({ events }) => events.join(", ") },
          ]}
        />
      )}
    >
      {(form) => <List form={form} />}
    </SettingsSection>
  );
}

function List({ form }: { form: UseFormReturn<Hooks> }) {
  const { control, register, formState } = form;
  const { fields, append, remove } = useFieldArray({ control, name: "hooks", keyName: "key" });
  const errors = formState.errors.hooks;
  const whole = errors?.root?.message ?? errors?.message;
  return (
    <>
      {fields.length === 0 && <p className="soft">None yet. With one, a CRM knows who opened a mail, and a warehouse who came back, without asking.</p>}
      <div>
        {fields.map((field, place) => (
          <fieldset key={field.key} className={css.type}>
            <legend className="unseen">Webhook {place + 1}</legend>
            <div className={css.pair}>
              <Input label="Id" placeholder="crm" hint="What dead letters call it." {...register(`hooks.${place}.id`)} error={errors?.[place]?.id?.message} />
              <Input label="Address" type="url" placeholder="https://crm.example.com/rekindle" {...register(`hooks.${place}.url`)} error={errors?.[place]?.url?.message} />
            </div>
            {TOLD.map(({ name, events }) => (
              <div key={name} className={css.checks} role="group" aria-label={`${name}, told to webhook ${place + 1}`}>
                {events.map((event) => (
                  <Checkbox key={event} label={event} value={event} {...register(`hooks.${place}.events`)} />
                ))}
              </div>
            ))}
            <div className="row apart">
              {errors?.[place]?.events ? (
                <p className="bad small" role="alert">
                  {errors[place].events.message}
                </p>
              ) : (
                <span />
              )}
              <IconButton label={`Remove webhook ${place + 1}`} small onClick={() => remove(place)}>
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
      {fields.length < HOOKS_MAX && (
        <div>
          <Button small icon={<Plus aria-hidden />} onClick={() => append({ id: "", url: "", events: [] })}>
            Add a webhook
          </Button>
        </div>
      )}
    </>
  );
}
