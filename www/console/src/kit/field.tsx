// Fields of forms: a label, the control, a hint, and what is wrong with it, tied together for
// everyone who cannot see that they belong together.
import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from "react";

import css from "./field.module.css";

type Frame = {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  /** The label is there for screen readers only. */
  bare?: boolean;
};

function Framed({ label, hint, error, bare, id, children }: Frame & { id: string; children: ReactNode }) {
  return (
    <div className={css.field}>
      <label htmlFor={id} className={bare ? "unseen" : css.label}>
        {label}
      </label>
      {children}
      {hint && (
        <p id={`${id}-hint`} className={css.hint}>
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className={css.error} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

/** What ties a control to its words. */
function ties(id: string, { hint, error }: Pick<Frame, "hint" | "error">) {
  const words = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return { id, "aria-describedby": words || undefined, "aria-invalid": error ? true : undefined };
}

type Own<T> = Omit<T, keyof Frame | "id">;

export function Input({ label, hint, error, bare, ...rest }: Frame & Own<InputHTMLAttributes<HTMLInputElement>> & { ref?: Ref<HTMLInputElement> }) {
  const id = useId();
  return (
    <Framed {...{ label, hint, error, bare, id }}>
      <input {...rest} {...ties(id, { hint, error })} className={css.control} />
    </Framed>
  );
}

export function TextArea({ label, hint, error, bare, ...rest }: Frame & Own<TextareaHTMLAttributes<HTMLTextAreaElement>> & { ref?: Ref<HTMLTextAreaElement> }) {
  const id = useId();
  return (
    <Framed {...{ label, hint, error, bare, id }}>
      <textarea rows={4} {...rest} {...ties(id, { hint, error })} className={css.control} />
    </Framed>
  );
}

/** The browser's own list: quick to use with keyboard and thumb alike. */
export function Select({ label, hint, error, bare, children, ...rest }: Frame & Own<SelectHTMLAttributes<HTMLSelectElement>> & { ref?: Ref<HTMLSelectElement> }) {
  const id = useId();
  return (
    <Framed {...{ label, hint, error, bare, id }}>
      <select {...rest} {...ties(id, { hint, error })} className={css.control}>
        {children}
      </select>
    </Framed>
  );
}

export function Checkbox({ label, hint, error, ...rest }: Omit<Frame, "bare"> & Own<InputHTMLAttributes<HTMLInputElement>> & { ref?: Ref<HTMLInputElement> }) {
  const id = useId();
  return (
    <div className={css.check}>
      <input type="checkbox" {...rest} {...ties(id, { hint, error })} />
      <div>
        <label htmlFor={id}>{label}</label>
        {hint && (
          <p id={`${id}-hint`} className={css.hint}>
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}

/** One of a few, all in sight. */
export function Choice<T extends string>({
  label,
  value,
  options,
  onChange,
  bare,
}: {
  label: string;
  value: T;
  options: readonly { value: T; label: ReactNode }[];
  onChange: (value: T) => void;
  bare?: boolean;
}) {
  const name = useId();
  return (
    <fieldset className={css.choice}>
      <legend className={bare ? "unseen" : css.label}>{label}</legend>
      <div>
        {options.map((option) => (
          <label key={option.value}>
            <input
              type="radio"
              name={name}
              className="unseen"
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
