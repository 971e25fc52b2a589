// The look of everything but plain banners, on top of ../ports/style.ts.

export const STYLE = `
:host([inline]){display:block}
.inline{position:static;z-index:auto;width:auto;min-width:0;max-width:none;max-height:none;margin:0;box-shadow:none;animation:none}
.modal{--from:12px;width:min(440px,100% - 32px);max-width:none;max-height:calc(100% - 32px);margin:auto;padding:0;border:0;border-radius:var(--round);background:none;box-shadow:var(--shade);overflow:auto;animation:arrive .2s cubic-bezier(.2,.8,.2,1)}
.modal::backdrop{background:rgb(15 12 32/.55)}
.card{--pad:28px;position:relative;display:grid;gap:8px;padding:var(--pad);outline:0}
.card .title{padding-inline-end:36px;font-size:1.3em;line-height:1.3}
.card .image~.title{padding-inline-end:0}
.card .close{position:absolute;top:12px;inset-inline-end:12px}
.actions{display:flex;flex-wrap:wrap;gap:8px}
.card .actions,.form .cta{margin-top:12px}
.actions .cta,.form .cta{flex:1 1 auto;font:inherit;font-weight:600;line-height:1.3;padding-block:11px}
.banner .actions .cta{flex:none;padding-block:9px}
.other{background:none;border-color:var(--line);color:var(--fg)}
.other:hover{background:var(--line);filter:none}
.image{display:block;object-fit:cover;background:var(--line)}
.banner .image{flex:none;width:56px;height:56px;margin-inline-start:-8px;border-radius:calc(var(--round) - 4px)}
.card .image{width:calc(100% + 2*var(--pad));aspect-ratio:16/9;max-height:40vh;margin:calc(-1*var(--pad)) calc(-1*var(--pad)) 8px;border-radius:calc(var(--round) - 1px) calc(var(--round) - 1px) 0 0}
.image~.close{background:var(--bg)}
.banner .image~.close{background:none}
.corner,.tip{--from:12px;--pad:20px;position:fixed;z-index:var(--rekindle-layer,2147483000);max-height:calc(100% - 24px);overflow:auto;box-shadow:var(--shade);animation:arrive .2s cubic-bezier(.2,.8,.2,1)}
.corner{bottom:max(var(--rekindle-inset-bottom,16px),env(safe-area-inset-bottom));inset-inline-end:16px;width:min(380px,100% - 32px)}
.corner .title,.tip .title{font-size:1.07em}
.corner .close,.tip .close{top:8px;inset-inline-end:8px}
.tip{width:max-content;max-width:min(320px,100% - 16px);overflow:visible}
.tip::before{content:"";position:absolute;top:-7px;left:var(--point);width:12px;height:12px;margin-left:-6px;border:1px solid var(--line);border-width:1px 0 0 1px;background:var(--bg);transform:rotate(45deg)}
.tip.above::before{top:auto;bottom:-7px;border-width:0 1px 1px 0}
.tip:has(.image)::before{display:none}
.form,.answers{display:grid;gap:8px;min-width:0;margin:0;padding:0;border:0}
.answers{margin-top:8px}
.scale{display:grid;grid-template-columns:repeat(11,1fr);gap:4px}
.score{position:relative}
.score input{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;cursor:pointer}
.score span{display:grid;place-items:center;height:40px;border:1px solid var(--line);border-radius:calc(var(--round)/2);font-variant-numeric:tabular-nums}
.score:hover span{background:var(--line)}
.score input:checked+span{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}
.ends{display:flex;justify-content:space-between;gap:16px;color:var(--soft);font-size:.87em}
.choice{display:flex;align-items:center;gap:10px;min-height:44px;padding:8px 12px;border:1px solid var(--line);border-radius:calc(var(--round) - 4px);cursor:pointer}
.choice:hover{background:var(--line)}
.choice input{flex:none;width:18px;height:18px;margin:0;accent-color:var(--accent)}
.choice:has(:checked){border-color:var(--accent)}
.field{width:100%;padding:10px 12px;border:1px solid var(--soft);border-radius:calc(var(--round) - 4px);background:none;color:inherit;font:inherit;resize:vertical}
.score :focus-visible+span,.choice:has(:focus-visible),.field:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.choice input:focus-visible{outline:0}
@media (max-width:520px){.card{--pad:22px}.corner{inset-inline:12px;width:auto}.scale{grid-template-columns:repeat(6,1fr)}.banner .actions{order:1;flex:1 1 100%;margin-inline-end:10px}.banner .actions .cta{flex:1 1 auto;margin:0}.banner .image~.words{flex-basis:calc(100% - 140px)}}
`;
