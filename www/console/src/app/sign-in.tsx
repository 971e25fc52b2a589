// The only page that those who are not signed in can see.
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";

import { Refused } from "~/api/client.ts";
import { Button, Input } from "~/kit/index.ts";

import { Mark } from "./mark.tsx";
import { me, signIn } from "./session.tsx";
import css from "./sign-in.module.css";

export function SignIn() {
  const cache = useQueryClient();
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = "Sign in · Rekindle";
  }, []);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const token = new FormData(event.currentTarget).get("token");
    setBusy(true);
    try {
      cache.setQueryData(me.queryKey, await signIn(String(token).trim()));
    } catch (error) {
      setError(
        error instanceof Refused && error.status === 401
          ? "This token is not known here. Ask whoever runs your workspace for one."
          : String(error instanceof Error ? error.message : error),
      );
      setBusy(false);
    }
  }

  return (
    <main className={css.page}>
      <form className={css.form} onSubmit={submit}>
        <Mark />
        <div>
          <h1>Welcome back</h1>
          <p className="soft">Sign in to see who is slipping away.</p>
        </div>
        <Input label="Access token" name="token" type="password" autoComplete="current-password" required autoFocus error={error} />
        <Button type="submit" look="primary" busy={busy}>
          Sign in
        </Button>
        <p className="soft small">
          On your own machine, <code>cargo xtask dev</code> lets you in with <code>dev</code>.
        </p>
      </form>
    </main>
  );
}
