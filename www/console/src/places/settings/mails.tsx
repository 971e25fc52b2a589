// How every mail looks that is written as text or as blocks.
import { Facts, Input, Select, TextArea } from "~/kit/index.ts";

import { SettingsSection } from "./form.tsx";
import { look, lookOf, withLook } from "./look.ts";

export function Mails() {
  return (
    <SettingsSection
      name="mails"
      title="Look of mails"
      about="For mails that are written as text or blocks, from the next one on. Those in MJML or HTML look as their author has it."
      schema={look}
      of={lookOf}
      merge={withLook}
      read={({ mail }) => (
        <Facts
          of={[
            ["Colour", mail?.accent ?? "–"],
            ["Logo", mail?.logo ?? "–"],
            ["Below every mail", mail?.footer ?? "–"],
          ]}
        />
      )}
    >
      {({ register, formState: { errors } }) => (
        <>
          <Input label="Colour of buttons and links" placeholder="#2457d6" {...register("accent")} error={errors.accent?.message} />
          <Input label="Address of the logo" type="url" placeholder="https://" hint="It is shown 40 pixels high." {...register("logo")} error={errors.logo?.message} />
          <Input label="Name of the company" hint="For those who do not see the logo." {...register("name")} error={errors.name?.message} />
          <Select label="Letters" {...register("font")}>
            <option value="sans">Without serifs</option>
            <option value="serif">With serifs</option>
            <option value="mono">All of one width</option>
          </Select>
          <TextArea
            label="Below every mail"
            hint="Many countries ask for the sender's postal address here."
            rows={3}
            {...register("footer")}
            error={errors.footer?.message}
          />
          <Input label="Language" placeholder="en" hint="A tag such as en or pt-BR. Arabic, Hebrew and others are laid out from right to left." {...register("lang")} error={errors.lang?.message} />
        </>
      )}
    </SettingsSection>
  );
}
