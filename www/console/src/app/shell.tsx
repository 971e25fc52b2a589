// The frame around every page: where one can go, who one is, and the way past all of it by keyboard.
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { LogOut, Menu as MenuIcon, Search } from "lucide-react";
import { Suspense, lazy, useEffect, useState } from "react";

import { Refused } from "~/api/client.ts";
import { Dialog, Failure, IconButton, Loading } from "~/kit/index.ts";

import { ClockBar, clock } from "./clock.tsx";
import { Mark } from "./mark.tsx";
import { GROUPS } from "./places.ts";
import { me, useSignOut } from "./session.tsx";
import css from "./shell.module.css";
import { SignIn } from "./sign-in.tsx";

const Palette = lazy(() => import("./palette.tsx"));

export function Shell() {
  const session = useQuery(me);
  if (session.isPending) return <Loading label="Signing in" />;
  if (session.error) {
    const refused = session.error instanceof Refused && session.error.status === 401;
    return refused ? (
      <SignIn />
    ) : (
      <main className={css.alone}>
        <Failure error={session.error} retry={() => void session.refetch()} />
      </main>
    );
  }
  return <Frame name={session.data.name} role={session.data.role} />;
}

function Frame({ name, role }: { name: string; role: string }) {
  // Asked for once here, so that every page has the server's time when it draws.
  useQuery(clock);
  const [menu, setMenu] = useState(false);
  const [palette, setPalette] = useState(false);
  const { pathname } = useLocation();
  useEffect(() => {
    // A page that was chosen closes the menu it was chosen from.
    if (pathname) setMenu(false);
  }, [pathname]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "k" && (event.metaKey || event.ctrlKey)) {
        event.preventDefault();
        setPalette(true);
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return (
    <div className={css.shell}>
      <a className={css.skip} href="#content">
        Skip to content
      </a>
      <header className={css.top}>
        <IconButton label="Places" onClick={() => setMenu(true)}>
          <MenuIcon />
        </IconButton>
        <Brand />
        <IconButton label="Search" onClick={() => setPalette(true)}>
          <Search />
        </IconButton>
      </header>
      <aside className={css.side} aria-label="Console">
        <Brand />
        <button type="button" className={css.search} onClick={() => setPalette(true)}>
          <Search aria-hidden size={15} />
          <span>Search</span>
          <kbd>Ctrl K</kbd>
        </button>
        <Places />
        <Who name={name} role={role} />
      </aside>
      <div className={css.main}>
        <ClockBar />
        <main id="content" tabIndex={-1}>
          <Suspense fallback={<Loading />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <Dialog open={menu} onOpenChange={setMenu} title="Places" kind="sheet">
        <Places />
        <Who name={name} role={role} />
      </Dialog>
      {palette && (
        <Suspense>
          <Palette close={() => setPalette(false)} />
        </Suspense>
      )}
    </div>
  );
}

function Brand() {
  return (
    <Link to="/" className={css.brand}>
      <Mark />
      Rekindle
    </Link>
  );
}

function Places() {
  return (
    <nav aria-label="Places" className={css.nav}>
      {GROUPS.map((group) => (
        <div key={group.name}>
          {group.name && <p className={css.group}>{group.name}</p>}
          <ul>
            {group.places.map(({ name, to, icon: Icon }) => (
              <li key={to}>
                <Link to={to} activeOptions={{ exact: to === "/" }} className={css.place}>
                  <Icon aria-hidden size={17} />
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function Who({ name, role }: { name: string; role: string }) {
  const signOut = useSignOut();
  return (
    <div className={css.who}>
      <div>
        <strong className="truncate">{name}</strong>
        <span className="soft small">{role}</span>
      </div>
      <IconButton label="Sign out" small onClick={() => void signOut()}>
        <LogOut />
      </IconButton>
    </div>
  );
}
