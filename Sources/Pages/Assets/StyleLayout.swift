extension StyleSheet {
    /// The frame of a page: side bar, top bar, bottom bar on phones, messages, menus.
    static let layout = """
        @layer layout{
        .k-app{display:grid;grid-template:52px 1fr/216px minmax(0,1fr);min-height:100vh;min-height:100dvh}
        .k-side{grid-row:1/3;position:sticky;top:0;height:100vh;height:100dvh;overflow-y:auto;display:flex;flex-direction:column;background:var(--n-2);border-right:1px solid var(--line);padding:0 var(--s-3) var(--s-4);view-transition-name:side}
        .k-brand{display:flex;align-items:center;gap:var(--s-3);height:52px;padding:0 var(--s-3);font-weight:600;font-size:var(--fs-4);color:var(--fg);flex:none}
        .k-brand:hover{text-decoration:none} .k-brand span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
        .k-mark{width:24px;height:24px;flex:none;border-radius:var(--r-2);background:var(--accent);color:var(--on-accent);padding:5px;stroke:currentColor;stroke-width:3.4;fill:none;stroke-linecap:round;stroke-linejoin:round}
        .k-nav{display:grid;gap:1px} .k-nav-end{margin-top:auto;padding-top:var(--s-5)}
        .k-nav h2{font-size:var(--fs-1);font-weight:400;color:var(--fg-3);padding:var(--s-4) var(--s-3) var(--s-2)}
        .k-nav a{display:flex;align-items:center;gap:10px;height:32px;padding:0 var(--s-3);border-radius:var(--r-2);color:var(--fg-2);transition:background var(--t-1)}
        .k-nav a:hover{background:var(--n-3);color:var(--fg);text-decoration:none}
        .k-nav a[aria-current]{background:var(--n-0);color:var(--fg);font-weight:600;box-shadow:var(--shadow-1),0 0 0 1px var(--line)}
        .k-nav a[aria-current] .k-icon{color:var(--accent)}
        .k-nav-group summary{display:flex;align-items:center;gap:10px;height:32px;padding:0 var(--s-3);border-radius:var(--r-2);color:var(--fg-2);cursor:pointer;list-style:none} .k-nav-group summary::-webkit-details-marker{display:none} .k-nav-group summary:hover{background:var(--n-3);color:var(--fg)}
        .k-nav-group summary .k-icon:last-child{width:14px;height:14px;margin-left:auto;transition:rotate var(--t-1)} .k-nav-group[open] summary .k-icon:last-child{rotate:180deg} .k-nav-group a{padding-left:var(--s-5)} .k-nav-group a .k-icon{width:16px;height:16px}
        .k-nav a span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
        .k-top{position:sticky;top:0;z-index:3;display:flex;align-items:center;gap:var(--s-4);padding:0 var(--s-6);background:var(--n-0);border-bottom:1px solid var(--line)}
        .k-top>.k-brand{display:none}
        .k-search{position:relative;flex:1;max-width:420px;margin-right:auto}
        .k-search .k-icon{position:absolute;left:10px;top:calc(50% - 8px);width:16px;height:16px;color:var(--fg-3);pointer-events:none}
        .k-main{padding:var(--s-5) var(--s-6) var(--s-8);min-width:0;width:100%;max-width:1480px}
        .k-crumbs{font-size:var(--fs-2);color:var(--fg-3);margin-bottom:var(--s-2)}
        .k-crumbs ol{display:flex;flex-wrap:wrap} .k-crumbs li+li::before{content:"/";margin:0 6px;color:var(--line-strong)}
        .k-crumbs a{color:var(--fg-3)} .k-crumbs a:hover{color:var(--accent)}
        .k-head{display:flex;align-items:center;gap:var(--s-3) var(--s-4);flex-wrap:wrap;margin-bottom:var(--s-5);min-height:36px}
        .k-head-text{flex:1 1 240px;min-width:0} .k-head-text p{color:var(--fg-2);margin-top:var(--s-2)}
        .k-head h1{display:flex;align-items:center;gap:var(--s-3);flex-wrap:wrap} .k-head h1 small{font-size:var(--fs-3);font-weight:400;color:var(--fg-3)}
        .k-actions{display:flex;gap:var(--s-3);flex-wrap:wrap;align-items:center} .k-actions form{display:contents}
        .k-tour{display:flex;flex-wrap:wrap;align-items:center;gap:var(--s-3) var(--s-4);padding:10px var(--s-4);margin-bottom:var(--s-5);border:1px solid var(--accent);border-radius:var(--r-3);background:var(--accent-soft)} .k-tour p{flex:1 1 240px} .k-tour .k-icon{color:var(--accent)} .k-tour .k-btn-primary .k-icon{color:inherit}
        .k-timer{position:sticky;top:52px;z-index:2;display:flex;align-items:center;gap:var(--s-3);padding:6px var(--s-4);margin-bottom:var(--s-4);border:1px solid var(--accent);border-radius:var(--r-3);background:var(--accent-soft)} .k-timer>.k-icon{color:var(--accent)} .k-timer>a:first-of-type{flex:1;min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;color:var(--fg)} .k-timer form{display:contents} .k-timer-late{border-color:var(--warn);background:var(--warn-soft)} .k-timer-late>.k-icon{color:var(--warn)} .k-timer-clock{font-size:var(--fs-6);font-weight:600} @media print{.k-timer{display:none}}
        .k-flash{display:flex;align-items:center;gap:var(--s-3);padding:10px var(--s-4);border-radius:var(--r-2);margin-bottom:var(--s-5);background:var(--ok-soft);color:var(--ok)}
        .k-flash p{flex:1;color:var(--fg)} .k-flash-bad{background:var(--bad-soft);color:var(--bad)} .k-flash-info{background:var(--accent-soft);color:var(--accent)}
        .k-flash form{display:contents}
        .k-bottom{display:none}
        .k-panel{background:var(--n-0);border:1px solid var(--line);border-radius:var(--r-3);box-shadow:var(--shadow-1)}
        .k-panel-pad{padding:var(--s-5)} .k-panel>h2,.k-panel-head{display:flex;flex-wrap:wrap;align-items:center;gap:var(--s-3);padding:var(--s-4) var(--s-5);font-size:var(--fs-3)}
        .k-panel-head{border-bottom:1px solid var(--line);font-weight:600} .k-panel-head>.k-help{font-weight:400} .k-panel-head>h2{font-size:var(--fs-3)} .k-panel-head>:last-child:not(:first-child){margin-left:auto}
        .k-panel-text{padding:0 var(--s-5) var(--s-4);color:var(--fg-2)}
        .k-medium:not(.k-stack)>.k-panel+.k-panel{margin-top:var(--s-5)} .k-stack{display:grid;gap:var(--s-5)} .k-stack>*{min-width:0}
        .k-narrow{max-width:640px} .k-medium{max-width:960px}
        .k-split{display:grid;grid-template-columns:minmax(0,1fr) 340px;gap:var(--s-5);align-items:start}
        .k-tabs{display:flex;gap:var(--s-5);border-bottom:1px solid var(--line);margin-bottom:var(--s-5);overflow-x:auto;scrollbar-width:none}
        .k-tabs a{padding:var(--s-3) 0;color:var(--fg-2);white-space:nowrap;border-bottom:2px solid transparent;margin-bottom:-1px}
        .k-tabs a:hover{color:var(--fg);text-decoration:none} .k-tabs a[aria-current]{color:var(--fg);font-weight:600;border-color:var(--accent)}
        .k-menu{position:relative} .k-menu>summary{display:flex;align-items:center;gap:var(--s-3);border-radius:var(--r-2)}
        .k-menu-body{position:absolute;right:0;top:calc(100% + 6px);z-index:5;min-width:232px;max-width:calc(100vw - 24px);padding:var(--s-3);background:var(--n-0);border:1px solid var(--line);border-radius:var(--r-3);box-shadow:var(--shadow-2)}
        .k-menu-body a,.k-menu-body button.k-item{display:flex;align-items:center;gap:10px;width:100%;min-height:var(--h-ctl);padding:0 var(--s-3);border:0;border-radius:var(--r-2);background:none;color:var(--fg);text-align:left}
        .k-menu-body a:hover,.k-menu-body button.k-item:hover{background:var(--n-2);text-decoration:none}
        .k-menu-body hr{border:0;border-top:1px solid var(--line);margin:var(--s-3) 0} .k-menu-body .k-icon{color:var(--fg-3)}
        .k-menu-who{padding:var(--s-2) var(--s-3) var(--s-3)} .k-menu-who strong{display:block}
        .k-menu-line{display:flex;align-items:center;justify-content:space-between;gap:var(--s-4);padding:var(--s-2) var(--s-3);color:var(--fg-2)}
        .k-seg{display:inline-flex;padding:2px;border-radius:var(--r-2);background:var(--n-2)}
        .k-seg button{display:flex;align-items:center;justify-content:center;min-width:34px;height:26px;padding:0 8px;border:0;border-radius:var(--r-1);background:none;color:var(--fg-2);font-size:var(--fs-2)}
        .k-seg button[aria-pressed=true]{background:var(--n-0);color:var(--fg);box-shadow:0 0 0 1px var(--line),var(--shadow-1)}
        .k-seg .k-icon{width:16px;height:16px;color:inherit}
        .k-bare{min-height:100vh;min-height:100dvh;display:grid;grid-template-rows:1fr auto;justify-items:center;padding:var(--s-5)}
        .k-bare-main{width:100%;max-width:376px;align-self:center;padding:var(--s-6) 0}
        .k-bare-brand{display:flex;align-items:center;justify-content:center;gap:10px;font-size:var(--fs-5);font-weight:600;margin-bottom:var(--s-6)}
        .k-bare-brand .k-mark{width:32px;height:32px;padding:7px;border-radius:var(--r-3)}
        .k-bare .k-panel{padding:var(--s-6)} .k-bare h1{font-size:var(--fs-5);margin-bottom:var(--s-2)} .k-bare h1+p{color:var(--fg-2);margin-bottom:var(--s-5)} .k-bare h1+form,.k-bare h1+div{margin-top:var(--s-5)}
        .k-bare-foot{display:flex;gap:var(--s-4);align-items:center} .k-bare-foot form{display:contents}
        @media (max-width:1100px){.k-split{display:flex;flex-direction:column;align-items:stretch}.k-split>.k-aside{display:contents}.k-split .k-facts-panel{order:-1}.k-split>.k-aside>:not(.k-facts-panel){order:1}}
        @media (max-width:800px){
        .k-app{grid-template:52px 1fr/minmax(0,1fr);padding-bottom:calc(57px + env(safe-area-inset-bottom))}
        .k-side{display:none} .k-top{padding:0 var(--s-4);gap:var(--s-3)} .k-top>.k-brand{display:flex;padding:0} .k-top>.k-brand>span{display:none} .k-user>summary>.k-user-name{display:none}
        .k-main{padding:var(--s-4) var(--s-4) var(--s-7)}
        .k-bottom{position:fixed;inset:auto 0 0;z-index:5;display:flex;background:var(--n-0);border-top:1px solid var(--line);padding-bottom:env(safe-area-inset-bottom)}
        .k-bottom>a,.k-bottom>details{flex:1 1 auto;min-width:0} .k-bottom>a,.k-bottom>details>summary{display:flex;flex-direction:column;align-items:center;justify-content:center;gap:2px;height:56px;padding:0 2px;font-size:var(--fs-1);color:var(--fg-2)}
        .k-bottom>a:hover{text-decoration:none} .k-bottom .k-icon{width:22px;height:22px} .k-bottom>a span{max-width:100%;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
        .k-bottom [aria-current]{color:var(--accent);font-weight:600}
        .k-sheet{position:fixed;inset:auto 0 calc(57px + env(safe-area-inset-bottom));max-height:70vh;overflow-y:auto;background:var(--n-0);border-top:1px solid var(--line);border-radius:var(--r-3) var(--r-3) 0 0;box-shadow:var(--shadow-2);padding:var(--s-3)}
        .k-sheet .k-nav a,.k-sheet .k-nav-group summary{height:48px;font-size:var(--fs-4)}
        .k-head .k-actions{width:100%} .k-head .k-actions>.k-btn-primary{flex:1} .k-head .k-actions:has(>:only-child){width:auto}
        }
        }
        """
}
