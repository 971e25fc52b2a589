// Kinds of messages that people can take or leave.
import { Plus, Trash2 } from "lucide-react";
import { useFieldArray } from "react-hook-form";
import type { UseFormReturn } from "react-hook-form";

import { Badge, Button, Checkbox, IconButton, Input, Select, Table } from "~/kit/index.ts";

import { SettingsSection } from "./form.tsx";
import { CHANNELS, TYPES_MAX, type Types, types, typesOf, withTypes } from "./policies.ts";
import css from "./settings.module.css";

export function SubscriptionTypes() {
  return (
    <SettingsSection
      name="types"
      title="Subscription types"
      about="What people can take or leave, each by itself. A series names the type that its messages are of; one of no type is stopped only by leaving everything."
      schema={types}
      of={typesOf}
      merge={withTypes}
      read={(settings) => (
        <Table
          label="Subscription types"
          rows={typesOf(settings).types}
          id={({ id }) => id}
          empty={<p>There are none: people can leave everything, and nothing by itself.</p>}
          columns={[
            { name: "Name", cell: ({ name }) => name, grow: true },
            { name: "Id", cell: ({ id }) => <code>{id}</code> },
            { name: "Channels", cell: ({ channels }) => channels.join(", ") },
            { name: "At first", cell: (type) => <Badge>{type.default}</Badge> },
          ]}
        />
      )}
    >
      {(form) => <List form={form} />}
    </SettingsSection>
  );
}

function List({ form }: { form: UseFormReturn<Types> }) {
  const { control, register, formState } = form;
  const { fields, append, remove } = useFieldArray({ control, name: "types", keyName: "key" });
  const errors = formState.errors.types;
  return (
    <>
      {fields.length === 0 && (
        <p className="soft">
          None yet. With types such as “Tips and tricks” and “Offers” somebody who has had enough of one need not leave all of them.
        </p>
      )}
      <div>
        {fields.map((field, place) => (
          <fieldset key={field.key} className={css.type}>
            <legend className="unseen">Type {place + 1}</legend>
            <div className={css.pair}>
              <Input label="Name" placeholder="Tips and tricks" {...register(`types.${place}.name`)} error={errors?.[place]?.name?.message} />
              <Input label="Id" placeholder="tips" hint="What series name it by." {...register(`types.${place}.id`)} error={errors?.[place]?.id?.message} />
              <Select label="For those who have not chosen" {...register(`types.${place}.default`)}>
                <option value="on">On, until they leave it</option>
                <option value="off">Off, until they ask for it</option>
              </Select>
            </div>
            <div className="row apart">
              <div className={css.checks} role="group" aria-label="Channels">
                {CHANNELS.map(({ value, label }) => (
                  <Checkbox key={value} label={label} value={value} {...register(`types.${place}.channels`)} />
                ))}
              </div>
              <IconButton label={`Remove type ${place + 1}`} small onClick={() => remove(place)}>
                <Trash2 />
              </IconButton>
            </div>
            {errors?.[place]?.channels && (
              <p className="bad small" role="alert">
                {errors[place].channels.message}
              </p>
            )}
          </fieldset>
        ))}
      </div>
      {(errors?.root?.message ?? errors?.message) && (
        <p className="bad small" role="alert">
          {errors?.root?.message ?? errors?.message}
        </p>
      )}
      {fields.length < TYPES_MAX && (
        <div>
          <Button small icon={<Plus aria-hidden />} onClick={() => append({ id: "", name: "", channels: ["email"], default: "on" })}>
            Add a type
          </Button>
        </div>
      )}
    </>
  );
}
