extension StyleSheet {
    /// Buttons, form fields, badges, messages.
    static let controls = """
        @layer component{
        .k-btn.k-btn-lines{white-space:normal;text-align:start;padding-block:6px} .k-btn{display:inline-flex;align-items:center;justify-content:center;gap:6px;min-height:var(--h-ctl);padding:0 var(--s-4);border:1px solid var(--line-strong);border-color:color-mix(in oklab,var(--line-strong) 55%,var(--line));border-radius:var(--r-2);background:var(--n-0);color:var(--fg);font-weight:500;line-height:1.2;white-space:nowrap;transition:background var(--t-1),border-color var(--t-1)}
        .k-btn:hover{background:var(--n-2);text-decoration:none} .k-btn:active{background:var(--n-3)} .k-btn .k-icon{width:16px;height:16px;margin-left:-2px}
        .k-btn-primary{background:var(--accent);border-color:transparent;color:var(--on-accent)} .k-btn-primary:hover,.k-btn-primary:active{background:var(--accent-hover)}
        .k-btn-danger{color:var(--bad)} .k-btn-danger:hover{background:var(--bad-soft)}
        .k-btn-quiet{border-color:transparent;background:none;color:var(--fg-2)} .k-btn-quiet:hover{background:var(--n-3);color:var(--fg)}
        .k-btn-small{min-height:26px;padding:0 var(--s-3);font-size:var(--fs-2)} .k-btn-wide{width:100%;min-height:40px}
        .k-btn-icon{width:var(--h-ctl);padding:0} .k-btn-icon .k-icon{margin:0}
        .k-input{width:100%;min-height:var(--h-ctl);padding:4px 10px;border:1px solid var(--line-strong);border-radius:var(--r-2);background:var(--n-0);color:var(--fg);transition:border-color var(--t-1)}
        .k-input:hover{border-color:var(--fg-3)} .k-input:focus-visible{outline-offset:-1px;border-color:var(--accent)} .k-input:is([type=date],[type=month],[type=time],[type=datetime-local]):focus{outline:2px solid var(--accent);outline-offset:-1px}
        .k-input::placeholder{color:var(--fg-3);opacity:1} .k-input:disabled,.k-input[readonly]{background:var(--n-2);color:var(--fg-2)}
        .k-input[aria-invalid=true]{border-color:var(--bad);box-shadow:0 0 0 1px var(--bad)}
        textarea.k-input{min-height:84px;line-height:var(--lh-text);resize:vertical;field-sizing:content;max-height:60vh}
        select.k-input{appearance:none;padding-right:28px;background-image:linear-gradient(45deg,transparent 50%,var(--fg-3) 50%),linear-gradient(-45deg,transparent 50%,var(--fg-3) 50%);background-size:5px 5px;background-position:right 14px center,right 9px center;background-repeat:no-repeat;text-overflow:ellipsis}
        input[type=file].k-input{padding:5px 8px} input[type=checkbox],input[type=radio]{width:16px;height:16px;accent-color:var(--accent);flex:none}
        .k-search .k-input{padding-left:32px}
        .k-mono-input{font-family:var(--mono);font-size:var(--fs-2)} .k-code-input{font-size:var(--fs-6);letter-spacing:.3em;text-align:center;min-height:48px}
        .k-form{display:grid;gap:var(--s-5)} .k-form>.k-flash{margin:0} .k-fields{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:var(--s-5)}
        .k-field{display:grid;gap:5px;align-content:start;min-width:0} .k-field-wide{grid-column:1/-1}
        .k-label{font-weight:600;font-size:var(--fs-2);color:var(--fg)} .k-field>legend{margin-bottom:5px} .k-must{color:var(--bad);margin-left:3px}
        .k-doubt{display:inline-flex;vertical-align:-3px;color:var(--warn)} .k-help{font-size:var(--fs-2);color:var(--fg-3)} .k-error{display:flex;gap:5px;font-size:var(--fs-2);color:var(--bad)} .k-error .k-icon{width:16px;height:16px;margin-top:1px}
        .k-pair{display:grid;grid-template-columns:minmax(0,1fr) 96px;gap:var(--s-3)} .k-pair-lead{grid-template-columns:96px minmax(0,1fr)}
        .k-address{display:grid;grid-template-columns:repeat(6,minmax(0,1fr));gap:var(--s-3)} .k-address>*{grid-column:span 2} .k-address .k-span-3{grid-column:span 3} .k-address .k-span-4{grid-column:span 4} .k-address .k-span-6{grid-column:1/-1}
        .k-address label{display:grid;gap:3px;font-size:var(--fs-2);color:var(--fg-2)}
        .k-options{display:flex;flex-wrap:wrap;gap:var(--s-3)} .k-option{display:inline-flex;align-items:center;gap:7px;min-height:var(--h-ctl);padding:0 10px;border:1px solid var(--line);border-radius:var(--r-2);background:var(--n-0)}
        .k-option:hover{background:var(--n-2)} .k-option:has(:checked){border-color:var(--accent);background:var(--accent-soft)}
        .k-check{display:inline-flex;align-items:center;gap:var(--s-3);min-height:var(--h-ctl)}
        .k-section{padding:var(--s-5)} .k-section .k-panel{border:0;padding:0;box-shadow:none} .k-section+.k-section{border-top:1px solid var(--line)} .k-section>h2,.k-section>legend{font-size:var(--fs-4);font-weight:600;margin-bottom:var(--s-4);float:left;width:100%} .k-section>h2+*,.k-section>legend+*{clear:both}
        .k-form-foot{display:flex;flex-wrap:wrap;gap:var(--s-3);padding:var(--s-4) var(--s-5);border-top:1px solid var(--line);background:var(--n-0);position:sticky;bottom:0;z-index:2;border-radius:0 0 var(--r-3) var(--r-3)}
        .k-inline{display:flex;flex-wrap:wrap;gap:var(--s-4) var(--s-3);align-items:start} .k-inline>.k-field{flex:1 1 150px} .k-inline>.k-btn{flex:none;margin-top:24px} .k-inline:not(:has(.k-label))>.k-btn{margin-top:0}
        .k-summary{padding:var(--s-4) var(--s-5);border:1px solid var(--bad);border-left-width:4px;border-radius:var(--r-2);background:var(--bad-soft);margin-bottom:var(--s-5)} .k-summary h2{font-size:var(--fs-3);display:flex;gap:var(--s-3);align-items:center;color:var(--bad)} .k-summary ul{margin-top:var(--s-3);padding-left:26px} .k-summary li{list-style:disc;margin-top:2px} .k-summary a{color:var(--fg);text-decoration:underline;text-underline-offset:3px}
        .k-badge{display:inline-flex;align-items:center;gap:5px;max-width:100%;padding:1px 8px;border-radius:var(--r-full);background:var(--n-3);color:var(--fg-2);font-size:var(--fs-1);font-weight:400;line-height:1.55;white-space:nowrap} .k-badge+.k-badge{margin-left:4px}
        .k-badge:not(.k-badge-neutral)::before{content:"";width:6px;height:6px;border-radius:50%;background:currentColor}
        .k-badge-accent{background:var(--accent-soft);color:var(--accent)} .k-badge-ok{background:var(--ok-soft);color:var(--ok)} .k-badge-warn{background:var(--warn-soft);color:var(--warn)} .k-badge-bad{background:var(--bad-soft);color:var(--bad)}
        .k-tag{display:inline-block;padding:0 7px;border:1px solid var(--line);border-radius:var(--r-1);font-size:var(--fs-1);line-height:1.6;color:var(--fg-2);white-space:nowrap} .k-tag+.k-tag{margin-left:4px}
        .k-yes{color:var(--ok)} .k-yes .k-icon{display:inline-block;width:16px;height:16px;margin-right:4px;vertical-align:-3px} .k-no{color:var(--fg-3)}
        .k-person,.k-file{display:inline-flex;align-items:center;gap:7px;max-width:100%} .k-file .k-icon{width:16px;height:16px}
        .k-avatar{display:inline-grid;place-items:center;flex:none;width:22px;height:22px;border-radius:50%;font-size:var(--fs-1);line-height:1;font-weight:600;background:var(--n-3);color:var(--fg-2);white-space:nowrap}
        .k-avatar-1{background:color-mix(in oklab,var(--c1) 18%,var(--n-0))} .k-avatar-2{background:color-mix(in oklab,var(--c2) 20%,var(--n-0))} .k-avatar-3{background:color-mix(in oklab,var(--c3) 20%,var(--n-0))} .k-avatar-4{background:color-mix(in oklab,var(--c4) 16%,var(--n-0))} .k-avatar-5{background:color-mix(in oklab,var(--c5) 18%,var(--n-0))}
        .k-user .k-avatar{width:32px;height:32px}
        .k-empty{display:grid;justify-items:center;gap:var(--s-3);padding:var(--s-8) var(--s-5);text-align:center;color:var(--fg-2)} .k-empty>.k-icon{width:32px;height:32px;color:var(--fg-3);stroke-width:1.4} .k-empty h2{color:var(--fg)} .k-empty p{max-width:46ch} .k-empty .k-actions{margin-top:var(--s-3);justify-content:center}
        .k-secret{display:flex;gap:var(--s-3);align-items:center} .k-secret code{flex:1;min-width:0;padding:8px 10px;border-radius:var(--r-2);background:var(--n-2);user-select:all}
        .k-break{overflow-wrap:anywhere} .k-section:has(.k-field):not(:has(.k-field:not([hidden]))){display:none}
        .k-codes{columns:2;font-family:var(--mono);padding:var(--s-4);background:var(--n-2);border-radius:var(--r-2);line-height:1.9}
        .k-note{padding:10px var(--s-4);border-radius:var(--r-2);background:var(--n-2);color:var(--fg-2)} .k-notes{margin-bottom:var(--s-5)} .k-note-warn{background:var(--warn-soft);color:var(--fg)}
        .k-steps{display:flex;gap:var(--s-5);margin-bottom:var(--s-5);font-size:var(--fs-2);color:var(--fg-3);flex-wrap:wrap} .k-steps li{display:flex;gap:7px;align-items:center} .k-steps b{display:grid;place-items:center;width:22px;height:22px;border-radius:50%;background:var(--n-3);color:var(--fg-2);font-size:var(--fs-1)} .k-steps [aria-current]{color:var(--fg);font-weight:600} .k-steps [aria-current] b{background:var(--accent);color:var(--on-accent)} .k-steps .k-done b{background:var(--ok-soft);color:var(--ok)}
        .k-stats{display:grid;grid-template-columns:repeat(auto-fit,minmax(120px,1fr));gap:1px;background:var(--line);border-radius:var(--r-3);overflow:hidden} .k-stats>div{background:var(--n-0);padding:var(--s-4) var(--s-5)} .k-stats dt{color:var(--fg-2);font-size:var(--fs-2)} .k-stats dd{font-size:var(--fs-6);font-weight:600;font-variant-numeric:tabular-nums;white-space:nowrap} @media (max-width:640px){.k-stats dd{font-size:var(--fs-4)} .k-stats>:last-child:nth-child(odd){grid-column:1/-1}}
        .k-tiles+.k-tour{margin-top:var(--s-4)} .k-tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(260px,1fr));gap:var(--s-4)} .k-tile{display:flex;gap:var(--s-4);padding:var(--s-5);color:var(--fg)} .k-tile:hover{text-decoration:none;border-color:var(--line-strong)} .k-tile strong{display:block} .k-tile .k-icon{color:var(--accent);width:22px;height:22px}
        details.k-fold>summary{display:inline-flex;align-items:center;gap:6px;color:var(--accent)} details.k-fold[open]>summary{margin-bottom:var(--s-3)} details.k-fold>summary .k-icon{width:16px;height:16px;transition:rotate var(--t-1)} details.k-fold[open]>summary .k-icon{rotate:90deg}
        @media (max-width:600px){.k-inline>.k-btn{flex:1 1 100%;margin-top:0}.k-fields{grid-template-columns:minmax(0,1fr)}.k-section{padding:var(--s-4)}.k-form-foot{padding:var(--s-4);bottom:calc(57px + env(safe-area-inset-bottom))}.k-form-foot .k-btn-primary{flex:1}.k-address>*{grid-column:span 3}.k-address .k-span-4{grid-column:1/-1}}
        @media (pointer:coarse){.k-input,.k-search input{font-size:16px}.k-btn-small{min-height:44px}.k-seg button{min-width:44px;height:44px}.k-check input,.k-option input{width:20px;height:20px}.k-nav a,.k-nav-group summary{height:44px}}
        }
        """
}
