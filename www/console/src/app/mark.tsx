// Our mark: an ember that is fanned.
export function Mark() {
  return (
    <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden fill="none">
      <path
        d="M12 2.5c.6 3.4 5.8 5.6 5.8 11.1A5.8 5.8 0 0 1 12 19.5a5.8 5.8 0 0 1-5.8-5.9c0-2.3 1.1-3.9 2.3-5.3.3 1.5 1 2.4 2 3C10.3 8.3 10.8 5 12 2.5Z"
        fill="var(--accent)"
      />
      <path d="M7.5 22h9" stroke="var(--accent)" strokeWidth="1.8" strokeLinecap="round" opacity=".45" />
    </svg>
  );
}
