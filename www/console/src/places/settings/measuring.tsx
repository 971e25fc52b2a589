// What we compare with, and what is meant by churn.
import { Card, Facts, Input } from "~/kit/index.ts";

import { SettingsSection } from "./form.tsx";
import { holdout, holdoutOf, withHoldout } from "./policies.ts";

export function Measuring() {
  return (
    <>
      <SettingsSection
        name="holdout"
        title="Holdout of the workspace"
        about="So many of a hundred people get no message at all, from no series: what they do without us is what the others are compared with."
        schema={holdout}
        of={holdoutOf}
        merge={withHoldout}
        read={(settings) => <Facts of={[["Held out", `${settings.holdout_percent ?? 0} % of people`]]} />}
      >
        {({ register, formState: { errors } }) => (
          <Input
            label="Percent of people"
            type="number"
            min={0}
            max={50}
            hint="0 to 50. Who is held out follows from a hash of their id: a larger share holds out the same people and more. A series can have a holdout of its own beside this one."
            {...register("percent", { valueAsNumber: true })}
            error={errors.percent?.message}
          />
        )}
      </SettingsSection>
      <Card title="What churn means here" about="It is computed, not set: the same for every series, so that series can be compared.">
        <Facts
          of={[
            ["Churned", "A run whose person was not seen from entering the series to 30 days after it (60 and 90 days beside it)."],
            ["Stayed", "A run whose person was seen in that time."],
            ["Churn rate", "churned / (churned + stayed). Counted at that instant: runs that are younger are in neither."],
            ["Holdout", "The same for those who were held out, counted from when they would have entered."],
            ["Being seen", "An event of theirs, or a page they looked at. Mail that they opened does not count; nor do events sent with active = false."],
          ]}
        />
      </Card>
    </>
  );
}
