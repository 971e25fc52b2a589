// When messages may reach people, and how many: time zone, quiet hours, frequency cap.
import { Checkbox, Facts, Input } from "~/kit/index.ts";

import { SettingsSection } from "./form.tsx";
import { CHANNELS, DAYS, timing, timingOf, withTiming } from "./policies.ts";
import css from "./settings.module.css";

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
const ZONES = Intl.supportedValuesOf("timeZone");

export function TimingSection() {
  return (
    <SettingsSection
      name="timing"
      title="Quiet hours and cap"
      about="When messages may reach people, and how many. A series can differ where it must."
      schema={timing}
      of={timingOf}
      merge={withTiming}
      read={(settings) => {
        const { quiet_hours: quiet, cap } = settings;
        const { days, channels } = timingOf(settings);
        return (
          <Facts
            of={[
              ["Time zone", settings.timezone ?? "UTC"],
              ["Quiet hours", quiet ? `${quiet.from} to ${quiet.to}, ${days.length > 0 ? days.join(", ") : "every day"}: ${names(channels)}` : "none"],
              ["Cap", cap ? `${cap.messages} messages in ${cap.per}` : "none"],
            ]}
          />
        );
      }}
    >
      {({ register, watch, formState: { errors } }) => (
        <>
          <Input
            label="Time zone"
            list="zones"
            placeholder="UTC"
            hint="Of people whose attribute timezone is missing or not known."
            {...register("timezone")}
            error={errors.timezone?.message}
          />
          <datalist id="zones">
            {ZONES.map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
          <Checkbox label="Quiet hours" hint="On the clock on their wall. A message that falls due then waits until they are over." {...register("quiet")} />
          {watch("quiet") && (
            <>
              <div className={css.pair}>
                <Input label="From" type="time" {...register("from")} error={errors.from?.message} />
                <Input label="To" type="time" hint="This minute is no longer quiet." {...register("to")} error={errors.to?.message} />
              </div>
              <fieldset className={css.group}>
                <legend>Days on which they begin (none chosen: every day)</legend>
                <div className={css.checks}>
                  {DAYS.map((day) => (
                    <Checkbox key={day} label={capital(day)} value={day} {...register("days")} />
                  ))}
                </div>
              </fieldset>
              <fieldset className={css.group}>
                <legend>Channels</legend>
                <div className={css.checks}>
                  {CHANNELS.map(({ value, label }) => (
                    <Checkbox key={value} label={label} value={value} {...register("channels")} />
                  ))}
                </div>
                {errors.channels && (
                  <p className="bad small" role="alert">
                    {errors.channels.message}
                  </p>
                )}
              </fieldset>
            </>
          )}
          <Checkbox label="Frequency cap" hint="At most so many messages to one person in any span of that length, over mail, push and in-app together." {...register("capped")} />
          {watch("capped") && (
            <div className={css.pair}>
              <Input label="Messages" type="number" min={1} max={100} {...register("messages", { valueAsNumber: true })} error={errors.messages?.message} />
              <Input label="In any" placeholder="7d" hint="1m to 31d, such as 12h or 7d." {...register("per")} error={errors.per?.message} />
            </div>
          )}
        </>
      )}
    </SettingsSection>
  );
}

const names = (channels: readonly string[]) => CHANNELS.filter(({ value }) => channels.includes(value)).map(({ label }) => label).join(", ");
