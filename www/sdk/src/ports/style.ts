// The look of a plain banner, and what all messages share; the rest is ../nudge/style.ts's. A page themes it through the --rekindle-* variables.

export const STYLE = `
:host{all:initial;--bg:var(--rekindle-background,#fff);--fg:var(--rekindle-text,#1c1a27);--soft:var(--rekindle-text-soft,#56526a);--line:var(--rekindle-border,#e3e0ec);--accent:var(--rekindle-accent,#4b3bd1);--on-accent:var(--rekindle-accent-text,#fff);--round:var(--rekindle-radius,14px);--shade:0 1px 2px rgb(20 16 48/.08),0 12px 32px -8px rgb(20 16 48/.28)}
@media (prefers-color-scheme:dark){:host{--bg:var(--rekindle-background,#211f2e);--fg:var(--rekindle-text,#f3f1fa);--soft:var(--rekindle-text-soft,#bab5cd);--line:var(--rekindle-border,#3c384f);--accent:var(--rekindle-accent,#b3a8ff);--on-accent:var(--rekindle-accent-text,#1a1440);--shade:0 1px 2px rgb(0 0 0/.4),0 16px 40px -8px rgb(0 0 0/.7)}}
*{box-sizing:border-box}
.banner,.card{font:400 15px/1.45 var(--rekindle-font,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif);color:var(--fg);background:var(--bg);border:1px solid var(--line);border-radius:var(--round);text-align:start;overflow-wrap:anywhere;hyphens:auto}
.banner{position:fixed;z-index:var(--rekindle-layer,2147483000);inset-inline:12px;margin-inline:auto;width:fit-content;min-width:min(440px,100% - 24px);max-width:min(720px,100% - 24px);max-height:calc(100% - 24px);overflow:auto;display:flex;align-items:center;gap:8px 16px;padding-block:10px;padding-inline:20px 10px;box-shadow:var(--shade);animation:arrive .2s cubic-bezier(.2,.8,.2,1)}
.top{top:max(var(--rekindle-inset-top,12px),env(safe-area-inset-top));--from:-12px}
.bottom{bottom:max(var(--rekindle-inset-bottom,12px),env(safe-area-inset-bottom));--from:12px}
@keyframes arrive{from{transform:translateY(var(--from));opacity:.4}}
.words{flex:1;min-width:0}
p,h2{margin:0;white-space:pre-line}
.title{font-weight:650}
.body{color:var(--soft)}
.cta{flex:none;max-width:100%;padding:9px 16px;border:1px solid transparent;border-radius:calc(var(--round) - 4px);background:var(--accent);color:var(--on-accent);font-weight:600;line-height:1.3;text-align:center;text-decoration:none;cursor:pointer}
.cta:hover{filter:brightness(1.1)}
.close{flex:none;display:grid;place-items:center;width:40px;height:40px;margin:0;padding:0;border:0;border-radius:calc(var(--round) - 4px);background:none;color:var(--soft);cursor:pointer}
.close:hover{background:var(--line);color:var(--fg)}
.close::before,.close::after{content:"";grid-area:1/1;width:15px;border-top:2px solid;transform:rotate(45deg)}
.close::after{transform:rotate(-45deg)}
.cta:focus-visible,.close:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.status{position:fixed;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:520px){.banner{flex-wrap:wrap;width:auto;padding-inline:16px 6px;padding-block:6px 12px;align-items:start}.banner .words{flex-basis:calc(100% - 60px);padding-top:8px}.banner .cta{order:1;flex:1 1 100%;margin-inline-end:10px}}
@media (min-width:2560px){.banner,.card{font-size:18px}}
@media (prefers-reduced-motion:reduce){*{animation:none!important}}
@media print{:host{display:none}}
`;
